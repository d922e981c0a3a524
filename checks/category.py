"""What checks are about, in few words that hold for every cloud."""

from enum import StrEnum


class Category(StrEnum):
    """What a check is about; it may be about several of them."""

    def __new__(cls, value: str, meaning: str) -> "Category":
        """A category with what it means."""
        self = str.__new__(cls, value)
        self._value_ = value
        self.meaning = meaning
        return self

    meaning: str
    """In a sentence."""

    EXPOSURE = "exposure", "What the internet, or everybody, reaches."
    ATTACK_PATHS = (
        "attack-paths",
        "Several steps that together lead to an administrator or to data.",
    )
    PERMISSIONS = (
        "permissions",
        "Who may do more than they should, by themselves or as something else.",
    )
    IDENTITY = (
        "identity",
        "How people and workloads sign in, and their passwords, keys and tokens.",
    )
    LOGGING = "logging", "What is recorded, where it goes, and who may delete it."
    MONITORING = "monitoring", "Of what somebody is notified."
    ENCRYPTION = "encryption", "Keys and certificates, and what they protect."
    BACKUP = "backup", "What can be had back after it was deleted."
    AVAILABILITY = "availability", "What goes on working under load, and when a part fails."
    UNUSED = "unused", "What is left behind that nothing needs any more."
