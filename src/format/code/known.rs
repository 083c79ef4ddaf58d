//! Functions known by their names, in whatever language.

/// Functions of which a first argument is looked up and a second is the default.
pub(super) const LOOKUPS: &[&str] = &[
    "bool",
    "bytes",
    "config",
    "conf",
    "env",
    "environ",
    "envstr",
    "fetch",
    "fetch_env",
    "get",
    "fetch_env!",
    "get_config",
    "getconfig",
    "getordefault",
    "getorelse",
    "envordefault",
    "getenvordefault",
    "orelse",
    "getenvdefault",
    "getvalue",
    "param",
    "get_env",
    "get_secret",
    "get_setting",
    "getattr",
    "getenv",
    "getitem",
    "getoption",
    "getproperty",
    "getsetting",
    "getstring",
    "getvar",
    "lookup",
    "os_getenv",
    "pop",
    "read",
    "secret",
    "setdefault",
    "setting",
    "settings",
    "str",
    "string",
    "value",
    "setattr",
];

/// Keyword arguments that give a default.
pub(super) const DEFAULTS: &[&str] = &[
    "default",
    "default_value",
    "defaultvalue",
    "fallback",
    "default_factory",
    "defaults",
    "or_else",
    "initial",
];

/// Functions that give back what they are given, as far as the key is concerned.
const WRAPPERS: &[&str] = &[
    "SecretStr",
    "SecretBytes",
    "Secret",
    "str",
    "bytes",
    "bytearray",
    "unicode",
    "u",
    "b",
    "force_bytes",
    "force_str",
    "force_text",
    "smart_bytes",
    "smart_str",
    "to_bytes",
    "mark_safe",
    "Value",
    "SecretValue",
    "StringValue",
    "literal",
    "Literal",
    "String",
    "GetBytes",
    "from",
    "toByteArray",
    "cast",
    "Some",
    "to_string",
    "to_owned",
    "Optional",
    "Just",
    "_",
    "Str",
    "byte",
    "Keygrip",
    "getBytes",
    "to_vec",
    "Uint8Array",
    "freeze",
    "cstr",
    "Symbol",
    "OsString",
    "HmacKey",
    "hmacShaKeyFor",
    "SymmetricSecurityKey",
    "SecretKeySpec",
    "from_secret",
    "createSecretKey",
    "Field",
    "ib",
    "attrib",
    "dedent",
];

/// Functions that make a list of what they are given.
const LISTS: &[&str] = &[
    "listOf",
    "arrayOf",
    "setOf",
    "mutableListOf",
    "arrayListOf",
    "Seq",
    "List",
    "List.of",
    "Arrays.asList",
    "Set",
    "Set.of",
    "Array",
    "Vector",
    "array",
    "list",
    "tuple",
    "set",
    "frozenset",
];

/// Methods that give their argument where there is nothing else.
const FALLBACKS: &[&str] = &[
    "default",
    "prefault",
    "catch",
    "fallback",
    "withDefault",
    "orElse",
    "getOrElse",
    "orElseGet",
    "unwrap_or",
    "unwrap_or_else",
    "or",
    "or_else",
    "ifEmpty",
    "presence_or",
    "defaultTo",
    "defaultValue",
    "default_value",
];

/// Functions that give their second argument to the name in the first.
const SETTERS: &[&str] = &[
    "define",
    "set",
    "setenv",
    "write",
    "put",
    "putenv",
    "setproperty",
    "setdefault",
    "put_env",
    "config",
    "setconfig",
    "set_config",
    "addsetting",
    "setenvironmentvariable",
    "default",
];

/// Whether a method puts its arguments among the items of the list it is called on.
pub(super) fn adds(method: &str) -> bool {
    matches!(
        method,
        "append" | "appendleft" | "extend" | "insert" | "push" | "unshift" | "prepend" | "add"
    )
}

/// Whether a function makes a list of what it is given.
pub(super) fn is_list(function: &str) -> bool {
    LISTS.contains(&function)
}

/// Whether a method gives its argument where there is nothing else.
pub(super) fn gives_default(method: &str) -> bool {
    FALLBACKS.contains(&method)
}

/// Whether a function gives its second argument to the name in the first.
pub(super) fn is_setter(function: &str) -> bool {
    SETTERS.contains(&function.to_ascii_lowercase().as_str())
}

/// Whether `name` is how a language spells the environment.
pub(super) fn is_environment(name: &str) -> bool {
    matches!(
        name,
        "environ"
            | "env"
            | "ENV"
            | "getenv"
            | "Getenv"
            | "get_env"
            | "getEnv"
            | "GetEnvironmentVariable"
            | "_ENV"
            | "$_ENV"
            | "environb"
    )
}

/// Whether a dotted name is a member of the object or module itself.
pub(super) fn is_own(name: &str) -> bool {
    [
        "self.",
        "cls.",
        "this.",
        "Config.",
        "settings.",
        "config.",
        "self::",
        "static::",
        "Self::",
        "$this->",
    ]
    .iter()
    .any(|own| {
        name.strip_prefix(own)
            .is_some_and(|rest| !rest.contains(['.', ':', '>']))
    })
}

/// What follows the last `.`, `::` or `->` of a name.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit(['.', ':', '>']).next().unwrap_or(name)
}

/// Whether a function gives back what it is given.
pub(super) fn is_wrapper(function: &str) -> bool {
    WRAPPERS.contains(&function)
}
