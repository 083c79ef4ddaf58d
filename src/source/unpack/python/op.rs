//! Instructions of `CPython` by their numbers (`Lib/opcode.py` of each version; since 3.13 `Include/opcode_ids.h`).

use super::version::Version;

/// What an instruction does, as far as values given to names need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Nothing to the stack.
    Skip,
    /// Its argument is more of that of the next.
    Extended,
    Null,
    Const,
    Small,
    Name,
    Global,
    Fast,
    Attr,
    Method,
    Copy,
    Pop,
    StoreName,
    StoreFast,
    StoreAttr,
    StoreSubscript,
    List,
    Tuple,
    Set,
    Map,
    ConstKeyMap,
    /// An item more of the map below, as Python 2 has it.
    StoreMap,
    MapAdd,
    Extend,
    Update,
    Subscript,
    Binary,
    /// Before 3.11: a function and its arguments; before 3.6 the number of keywords stands in the upper byte.
    CallFunction,
    /// A call with the names of its last arguments on top.
    CallNamed,
    CallMethod,
    /// Since 3.11: two places for what is called.
    Call,
    KeywordNames,
    Return,
    ReturnConst,
    Import,
    ImportFrom,
    BuildClass,
}

/// To 3.12, save for what [`of`] tells apart.
const OLD: &[(u8, Op)] = &[
    (1, Op::Pop),
    (9, Op::Skip),
    (25, Op::Subscript),
    (60, Op::StoreSubscript),
    (83, Op::Return),
    (90, Op::StoreName),
    (95, Op::StoreAttr),
    (97, Op::StoreName),
    (100, Op::Const),
    (101, Op::Name),
    (102, Op::Tuple),
    (103, Op::List),
    (104, Op::Set),
    (105, Op::Map),
    (106, Op::Attr),
    (108, Op::Import),
    (109, Op::ImportFrom),
    (116, Op::Global),
    (124, Op::Fast),
    (125, Op::StoreFast),
];

/// To 3.10.
const BEFORE_311: &[(u8, Op)] = &[
    (4, Op::Copy),
    (23, Op::Binary),
    (131, Op::CallFunction),
    (147, Op::MapAdd),
];

/// 3.6 to 3.12.
const WORDS: &[(u8, Op)] = &[
    (71, Op::BuildClass),
    (85, Op::Skip),
    (144, Op::Extended),
    (147, Op::MapAdd),
    (156, Op::ConstKeyMap),
    (160, Op::Method),
    (162, Op::Extend),
    (163, Op::Extend),
    (164, Op::Update),
    (165, Op::Update),
];

const V311: &[(u8, Op)] = &[
    (0, Op::Skip),
    (2, Op::Null),
    (120, Op::Copy),
    (121, Op::ReturnConst),
    (122, Op::Binary),
    (151, Op::Skip),
    (166, Op::Skip),
    (171, Op::Call),
    (172, Op::KeywordNames),
];

const V313: &[(u8, Op)] = &[
    (0, Op::Skip),
    (5, Op::Subscript),
    (24, Op::BuildClass),
    (30, Op::Skip),
    (32, Op::Pop),
    (34, Op::Null),
    (36, Op::Return),
    (37, Op::Skip),
    (39, Op::StoreSubscript),
    (45, Op::Binary),
    (46, Op::ConstKeyMap),
    (47, Op::List),
    (48, Op::Map),
    (49, Op::Set),
    (52, Op::Tuple),
    (53, Op::Call),
    (57, Op::CallNamed),
    (61, Op::Copy),
    (68, Op::Update),
    (69, Op::Update),
    (71, Op::Extended),
    (74, Op::ImportFrom),
    (75, Op::Import),
    (81, Op::Extend),
    (82, Op::Attr),
    (83, Op::Const),
    (85, Op::Fast),
    (91, Op::Global),
    (92, Op::Name),
    (95, Op::MapAdd),
    (103, Op::ReturnConst),
    (107, Op::Extend),
    (108, Op::StoreAttr),
    (110, Op::StoreFast),
    (113, Op::StoreName),
    (114, Op::StoreName),
    (149, Op::Skip),
];

const V314: &[(u8, Op)] = &[
    (0, Op::Skip),
    (21, Op::BuildClass),
    (27, Op::Skip),
    (28, Op::Skip),
    (31, Op::Pop),
    (33, Op::Null),
    (35, Op::Return),
    (36, Op::Skip),
    (38, Op::StoreSubscript),
    (44, Op::Binary),
    (46, Op::List),
    (47, Op::Map),
    (48, Op::Set),
    (51, Op::Tuple),
    (52, Op::Call),
    (55, Op::CallNamed),
    (59, Op::Copy),
    (66, Op::Update),
    (67, Op::Update),
    (69, Op::Extended),
    (72, Op::ImportFrom),
    (73, Op::Import),
    (79, Op::Extend),
    (80, Op::Attr),
    (82, Op::Const),
    (84, Op::Fast),
    (86, Op::Fast),
    (92, Op::Global),
    (93, Op::Name),
    (94, Op::Small),
    (98, Op::MapAdd),
    (109, Op::Extend),
    (110, Op::StoreAttr),
    (112, Op::StoreFast),
    (115, Op::StoreName),
    (116, Op::StoreName),
    (128, Op::Skip),
];

/// What a number stands for; `None` for what breaks off all that is on the stack.
pub(super) fn of(number: u8, version: Version) -> Option<Op> {
    let tables: &[&[(u8, Op)]] = match version.0 {
        314.. => &[V314],
        313 => &[V313],
        311..313 => &[OLD, WORDS, V311],
        306..311 => match number {
            141 => return Some(Op::CallNamed),
            161 => return Some(Op::CallMethod),
            _ => &[OLD, BEFORE_311, WORDS],
        },
        _ => match number {
            54 => return Some(Op::StoreMap),
            71 if !version.is_two() => return Some(Op::BuildClass),
            144 if !version.is_two() => return Some(Op::Extended),
            145 if version.is_two() => return Some(Op::Extended),
            _ => &[OLD, BEFORE_311],
        },
    };
    let mut known = tables.iter().copied().flatten();
    known.find(|(of, _)| *of == number).map(|(_, op)| *op)
}
