//! The kinds of tests, by their codes.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{AntibodyClass, Coding};
use crate::PartialDate;
use crate::lazy::Lazy;

/// The longest table that is read, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// Which code stands for which kind of test. Cheap to clone.
///
/// A code that is not in the table is of an unknown kind
/// ([`TestKind::Other`]): nobody here can say what such a test looks for, so
/// its result is neither negative nor positive, and no rule for a known kind
/// is satisfied by it.
///
/// The [built-in table](Self::builtin) has the codes of the DCC value set,
/// LOINC's assays and panels for SARS-CoV-2, and the codes of SNOMED CT and
/// ICD-11 that certificates use. A recognition policy takes another one with
/// [`Recognition::from_json_with`](crate::rules::Recognition::from_json_with),
/// a test with [`Test::kind_by`](super::Test::kind_by).
///
/// # Format
/// UTF-8 of at most 1 MiB; a line is a row of fields between tabs, its first
/// one the kind of row. Empty lines and those that begin with `#` are passed
/// over, blanks around a field are dropped.
///
/// | row | fields |
/// |---|---|
/// | `kinds` | date (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`), source; once, as the first row |
/// | `test` | URI of the code system, code, kind: `naat`, `antigen-rapid`, `antigen` (of a laboratory), `antibody-iga`, `antibody-igg`, `antibody-igm`, `antibody-total`, `antibody-panel` |
///
/// ```
/// use hcert::record::{Coding, TestKind, TestKinds};
/// let own = TestKinds::from_tsv(
///     "kinds\t2026-05-01\tMinistry of Health\n\
///      test\thttp://example.org/tests\tPCR\tnaat\n",
/// )?;
/// assert_eq!(own.kind_of(&Coding::new("PCR")), TestKind::Naat);
/// assert_eq!(own.kind_of(&Coding::new("LP6464-4")), TestKind::Other("LP6464-4"));
/// let builtin = TestKinds::builtin();
/// assert_eq!(builtin.kind_of(&Coding::new("LP6464-4")), TestKind::Naat);
/// # Ok::<(), hcert::record::TestKindsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct TestKinds(Arc<Table>);

#[derive(Debug, Default)]
struct Table {
    date: PartialDate,
    source: String,
    /// By code, with the code systems that have it.
    kinds: BTreeMap<String, Vec<(String, TestKind<'static>)>>,
}

/// Why a text is not a table of kinds. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TestKindsError {
    /// Longer than 1 MiB.
    #[error("the table of test kinds has {found} bytes, more than {MAX_BYTES}")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// The first row is not the `kinds` row, or another one is.
    #[error("line {line}: exactly one row, the first, is \"kinds\", a date and a source")]
    Header {
        /// The line.
        line: usize,
    },
    /// A row of an unknown kind, of too few or too many fields, or with an
    /// empty field.
    #[error("line {line}: not \"test\", a code system, a code and a kind between tabs")]
    Row {
        /// The line.
        line: usize,
    },
    /// A kind that is not known.
    #[error("line {line}: no such kind of test")]
    Kind {
        /// The line.
        line: usize,
    },
    /// A code of that system has a row already.
    #[error("line {line}: the code of that system has a row already")]
    Duplicate {
        /// The line.
        line: usize,
    },
    /// There is no row: every test would be of an unknown kind.
    #[error("the table of test kinds has no test")]
    Empty,
}

impl TestKindsError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "test-kinds-too-long",
            Self::Header { .. } => "test-kinds-header",
            Self::Row { .. } => "test-kinds-row",
            Self::Kind { .. } => "test-kinds-kind",
            Self::Duplicate { .. } => "test-kinds-duplicate",
            Self::Empty => "test-kinds-empty",
        }
    }
}

impl TestKinds {
    /// The table that is compiled in; [`date`](Self::date) and
    /// [`source`](Self::source) tell what it was made from.
    pub fn builtin() -> Self {
        Self::compiled_in().clone()
    }

    pub(crate) fn compiled_in() -> &'static Self {
        // A test reads the file; without it every kind would be unknown.
        static BUILTIN: Lazy<TestKinds> = Lazy::new(|| {
            TestKinds::from_tsv(include_str!("test_kinds.tsv"))
                .unwrap_or_else(|_| TestKinds(Arc::default()))
        });
        &BUILTIN
    }

    /// Reads a table; the [format](Self#format) is above.
    pub fn from_tsv(text: &str) -> Result<Self, TestKindsError> {
        if text.len() > MAX_BYTES {
            return Err(TestKindsError::TooLong { found: text.len() });
        }
        let mut table: Option<Table> = None;
        for (line, row) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line + 1;
            if row.trim().is_empty() || row.starts_with('#') {
                continue;
            }
            let fields: Vec<_> = row.split('\t').map(str::trim).collect();
            match (&mut table, fields.as_slice()) {
                (None, ["kinds", date, source]) if !source.is_empty() => {
                    let date = PartialDate::parse(date).unwrap_or_default();
                    if date == PartialDate::Unknown {
                        return Err(TestKindsError::Header { line });
                    }
                    table = Some(Table {
                        date,
                        source: (*source).into(),
                        ..Table::default()
                    });
                }
                (None, _) | (Some(_), ["kinds", ..]) => {
                    return Err(TestKindsError::Header { line });
                }
                (Some(table), ["test", system, code, kind])
                    if !system.is_empty() && !code.is_empty() =>
                {
                    let kind = kind_named(kind).ok_or(TestKindsError::Kind { line })?;
                    let known = table.kinds.entry((*code).into()).or_default();
                    if known.iter().any(|(known, _)| known == system) {
                        return Err(TestKindsError::Duplicate { line });
                    }
                    known.push(((*system).into(), kind));
                }
                _ => return Err(TestKindsError::Row { line }),
            }
        }
        let table = table.filter(|table| !table.kinds.is_empty());
        let table = table.ok_or(TestKindsError::Empty)?;
        Ok(Self(Arc::new(table)))
    }

    /// As of when it is.
    pub fn date(&self) -> PartialDate {
        self.0.date
    }

    /// What it was made from.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The kind that a code stands for; [`TestKind::Other`] where the table
    /// does not have it. A code without its system may be of any one in the
    /// table, and where these disagree its kind is unknown. Codes are compared
    /// to the letter.
    pub fn kind_of<'a>(&self, coding: &'a Coding) -> TestKind<'a> {
        let rows = self
            .0
            .kinds
            .get(coding.code())
            .map_or(&[][..], Vec::as_slice);
        let mut meant = rows.iter().filter(|(system, _)| coding.is_of(system));
        match meant.next() {
            Some((_, kind)) if meant.all(|(_, other)| other == kind) => *kind,
            _ => TestKind::Other(coding.code()),
        }
    }
}

fn kind_named(name: &str) -> Option<TestKind<'static>> {
    Some(match name {
        "naat" => TestKind::Naat,
        "antigen-rapid" => TestKind::RapidAntigen,
        "antigen" => TestKind::Antigen,
        "antibody-iga" => TestKind::Antibody(AntibodyClass::IgA),
        "antibody-igg" => TestKind::Antibody(AntibodyClass::IgG),
        "antibody-igm" => TestKind::Antibody(AntibodyClass::IgM),
        "antibody-total" => TestKind::Antibody(AntibodyClass::Total),
        "antibody-panel" => TestKind::Antibody(AntibodyClass::Panel),
        _ => return None,
    })
}

/// The kind of a test, by a [table](TestKinds) of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestKind<'a> {
    /// Nucleic acid amplification, such as PCR.
    Naat,
    /// Rapid antigen test.
    RapidAntigen,
    /// Antigen test of a laboratory, which is not a rapid one.
    Antigen,
    /// Antibody test. No rule of the EU accepts it.
    Antibody(AntibodyClass),
    /// Any other code: what the test looks for is not known.
    Other(&'a str),
}

impl<'a> TestKind<'a> {
    /// The kind that a LOINC code stands for.
    pub fn from_code(loinc: &'a str) -> Self {
        let coding = Coding::new(loinc).with_system(Coding::LOINC);
        match TestKinds::compiled_in().kind_of(&coding) {
            TestKind::Naat => Self::Naat,
            TestKind::RapidAntigen => Self::RapidAntigen,
            TestKind::Antigen => Self::Antigen,
            TestKind::Antibody(class) => Self::Antibody(class),
            TestKind::Other(_) => Self::Other(loinc),
        }
    }

    /// The LOINC code that is issued for it. Another one may stand in a
    /// certificate of this kind; [`Test::kind_code`](crate::record::Test::kind_code) has that.
    pub fn code(self) -> &'a str {
        match self {
            Self::Naat => Coding::NAAT,
            Self::RapidAntigen => Coding::RAPID_ANTIGEN,
            Self::Antigen => Coding::ANTIGEN,
            Self::Antibody(class) => class.code(),
            Self::Other(code) => code,
        }
    }
}

impl AntibodyClass {
    /// The antibodies that the test of this LOINC code looks for, whether it
    /// tells their presence or their quantity, by the
    /// [built-in table](super::TestKinds::builtin).
    ///
    /// ```
    /// use hcert::record::AntibodyClass;
    /// // The panel that Switzerland's antibody certificates name.
    /// assert_eq!(AntibodyClass::from_code("94504-8"), Some(AntibodyClass::Panel));
    /// ```
    pub fn from_code(loinc: &str) -> Option<Self> {
        match TestKind::from_code(loinc) {
            TestKind::Antibody(class) => Some(class),
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::record::Coding;
    use alloc::borrow::ToOwned;
    use alloc::format;

    #[test]
    fn the_built_in_file_is_read_to_its_last_line() {
        let file = include_str!("test_kinds.tsv");
        let rows = file.lines().filter(|line| line.starts_with("test\t"));
        let table = TestKinds::from_tsv(file).unwrap();
        let known = TestKinds::builtin();
        let count = |table: &TestKinds| table.0.kinds.values().map(Vec::len).sum::<usize>();
        assert_eq!(
            (count(&table), count(&known)),
            (rows.clone().count(), rows.count())
        );
        assert_eq!(known.date(), PartialDate::parse("2023-02").unwrap());
        assert!(known.source().contains("LOINC"));
    }

    #[test]
    fn the_code_that_is_issued_for_a_kind_is_of_that_kind() {
        use AntibodyClass::{IgA, IgG, IgM, Panel, Total};
        let antibodies = [IgA, IgG, IgM, Panel, Total].map(TestKind::Antibody);
        let virus = [TestKind::Naat, TestKind::RapidAntigen, TestKind::Antigen];
        for kind in virus.into_iter().chain(antibodies) {
            assert_eq!(TestKind::from_code(kind.code()), kind);
            let coding = Coding::new(kind.code()).with_system(Coding::LOINC);
            assert_eq!(TestKinds::builtin().kind_of(&coding), kind);
        }
    }

    #[test]
    fn a_code_of_two_systems_is_of_a_kind_where_they_agree() {
        let text = "kinds\t2026\tx\ntest\ta:\t1\tnaat\ntest\tb:\t1\tantigen\n\
                    test\ta:\t2\tnaat\ntest\tb:\t2\tnaat\n";
        let own = TestKinds::from_tsv(text).unwrap();
        let of = |coding: Coding| own.kind_of(&coding).code().to_owned();
        assert_eq!(of(Coding::new("1")), "1");
        assert_eq!(
            of(Coding::new("1").with_system("b:")),
            TestKind::Antigen.code()
        );
        assert_eq!(of(Coding::new("1").with_system("c:")), "1");
        assert_eq!(of(Coding::new("2")), Coding::NAAT);
    }

    #[test]
    fn a_table_is_whole_or_refused() {
        let read = |text: &str| TestKinds::from_tsv(text).map_err(|e| e.code());
        let head = "\u{feff}kinds\t2026\tx\n# a comment\n\n";
        assert!(read(&format!("{head} test \ta:\t1\tnaat\r\n")).is_ok());
        for (rows, code) in [
            ("", "test-kinds-empty"),
            ("test\ta:\t1\n", "test-kinds-row"),
            ("test\ta:\t1\tnaat\tx\n", "test-kinds-row"),
            ("test\t\t1\tnaat\n", "test-kinds-row"),
            ("test\ta:\t \tnaat\n", "test-kinds-row"),
            ("tests\ta:\t1\tnaat\n", "test-kinds-row"),
            ("test\ta:\t1\tpcr\n", "test-kinds-kind"),
            ("test\ta:\t1\t\n", "test-kinds-kind"),
            ("kinds\t2026\tx\n", "test-kinds-header"),
            (
                "test\ta:\t1\tnaat\ntest\ta:\t1\tantigen\n",
                "test-kinds-duplicate",
            ),
        ] {
            assert_eq!(
                read(&format!("{head}{rows}")).unwrap_err(),
                code,
                "{rows:?}"
            );
        }
        for text in [
            "kinds\t\tx\n",
            "kinds\t2026-13\tx\n",
            "kinds\t2026\t\n",
            "test\ta:\t1\tnaat\n",
        ] {
            assert_eq!(read(text).unwrap_err(), "test-kinds-header");
        }
        assert_eq!(
            read(&" ".repeat(MAX_BYTES + 1)).unwrap_err(),
            "test-kinds-too-long"
        );
        assert_eq!(read("").unwrap_err(), "test-kinds-empty");
    }
}
