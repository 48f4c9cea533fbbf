//! The operations of CertLogic.

use core::fmt;
use core::ops::RangeInclusive;

/// An operation, named as the specification names it in prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operator {
    /// `var`
    Var,
    /// `if`
    If,
    /// `and`
    And,
    /// `===`
    Equal,
    /// `in`
    In,
    /// `+`
    Plus,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `<=`
    LessOrEqual,
    /// `>=`
    GreaterOrEqual,
    /// `before`
    Before,
    /// `after`
    After,
    /// `not-after`
    NotAfter,
    /// `not-before`
    NotBefore,
    /// `!`
    Not,
    /// `plusTime`
    PlusTime,
    /// `dccDateOfBirth`
    DccDateOfBirth,
    /// `reduce`
    Reduce,
    /// `extractFromUVCI`
    ExtractFromUvci,
}

impl Operator {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Var,
        Self::If,
        Self::And,
        Self::Equal,
        Self::In,
        Self::Plus,
        Self::Less,
        Self::Greater,
        Self::LessOrEqual,
        Self::GreaterOrEqual,
        Self::Before,
        Self::After,
        Self::NotAfter,
        Self::NotBefore,
        Self::Not,
        Self::PlusTime,
        Self::DccDateOfBirth,
        Self::Reduce,
        Self::ExtractFromUvci,
    ];

    /// The operation id in the JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Var => "var",
            Self::If => "if",
            Self::And => "and",
            Self::Equal => "===",
            Self::In => "in",
            Self::Plus => "+",
            Self::Less => "<",
            Self::Greater => ">",
            Self::LessOrEqual => "<=",
            Self::GreaterOrEqual => ">=",
            Self::Before => "before",
            Self::After => "after",
            Self::NotAfter => "not-after",
            Self::NotBefore => "not-before",
            Self::Not => "!",
            Self::PlusTime => "plusTime",
            Self::DccDateOfBirth => "dccDateOfBirth",
            Self::Reduce => "reduce",
            Self::ExtractFromUvci => "extractFromUVCI",
        }
    }

    pub(super) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|o| o.id() == id)
    }

    /// How many operands it takes.
    pub const fn operands(self) -> RangeInclusive<usize> {
        match self {
            Self::Var | Self::Not | Self::DccDateOfBirth => 1..=1,
            Self::Equal | Self::In | Self::Plus | Self::ExtractFromUvci => 2..=2,
            Self::If | Self::PlusTime | Self::Reduce => 3..=3,
            Self::And => 2..=usize::MAX,
            Self::Less
            | Self::Greater
            | Self::LessOrEqual
            | Self::GreaterOrEqual
            | Self::Before
            | Self::After
            | Self::NotAfter
            | Self::NotBefore => 2..=3,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
