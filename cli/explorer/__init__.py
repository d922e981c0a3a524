"""The explorer: a scan in the browser, from a server on this machine or in one offline file."""
