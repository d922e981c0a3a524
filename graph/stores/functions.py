"""The functions that a query may call, by their lower-case names.

All of them compute a value from their arguments and the graph. Left out on purpose: ``nextval``,
``currval`` and ``setseed`` (they change the engine's state), ``file`` and ``linenumber`` (they tell
of a file that is loaded), and everything that plug-ins bring (``apoc.…``).
"""

_COMMON = """
    abs acos all any asin atan atan2 avg ceil coalesce collect cos cot count degrees exists floor
    keys labels last left length log log10 lower ltrim max min nodes none nullif pi
    percentilecont percentiledisc properties radians range relationships replace reverse right
    round rtrim sign sin single size split sqrt substring sum tan tolower tostring toupper trim
    type upper
    date timestamp duration tointeger
"""
_LADYBUG = """
    array_append array_cat array_concat array_contains array_cosine_similarity array_cross_product
    array_distance array_dot_product array_extract array_has array_indexof array_inner_product
    array_position array_prepend array_push_back array_push_front array_slice
    array_squared_distance array_value bitshift_left bitshift_right bitwise_and bitwise_or
    bitwise_xor blob cardinality cast cbrt ceiling century concat concat_ws constant_or_null
    contains cost count_if count_star current_date current_timestamp datepart datetrunc date_part
    date_trunc dayname decimal decode element_at encode ends_with end_node epoch_ms equals error
    even factorial gamma gen_random_uuid greater_than greater_than_equals greatest hash histogram
    id ifnull initcap internal_id interval is_acyclic is_trail label last_day lcase least less_than
    less_than_equals levenshtein lgamma list_any_value list_append list_cat list_concat
    list_contains list_creation list_distinct list_element list_extract list_filter list_has
    list_has_all list_has_any list_indexof list_max list_min list_position list_prepend
    list_product list_reduce list_reverse list_reverse_sort list_slice list_sort list_sum
    list_to_string list_transform list_unique ln log2 lpad make_date map map_extract map_keys
    map_values md5 monthname negate not_equals octet_length offset pow prefix random regexp_extract
    regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array rels
    repeat rowid rpad sha256 split_part starts_with start_node string string_split
    string_to_array struct_extract struct_pack str_split substr suffix time_bucket to_blob to_bool
    to_date to_days to_double to_epoch_ms to_float to_hours to_int128 to_int16 to_int32 to_int64
    to_int8 to_interval to_microseconds to_milliseconds to_minutes to_months to_seconds to_serial
    to_string to_timestamp to_uint128 to_uint16 to_uint32 to_uint64 to_uint8 to_uuid to_years
    typeof ucase union_extract union_tag union_value uuid
"""
_NEO4J = """
    allshortestpaths btrim char_length character_length cosh coth e elementid endnode
    exp haversin head isempty isnan localdatetime localtime datetime time normalize point rand
    randomuuid reduce shortestpath sinh startnode stdev stdevp tail tanh toboolean tobooleanlist
    tobooleanornull tofloat tofloatlist tofloatornull tointegerlist tointegerornull tostringlist
    tostringornull valuetype vector vector_dimension_count vector_distance vector_norm
"""

FUNCTIONS = frozenset(f"{_COMMON} {_LADYBUG} {_NEO4J}".split())
NAMESPACES = frozenset(
    ("date", "datetime", "duration", "localdatetime", "localtime", "point", "time", "vector")
)
"""What comes before the dot of functions such as ``duration.between``."""
