//! The vaccine products of the yellow card.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::PartialDate;
use crate::lazy::Lazy;

/// The longest catalogue that is read, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// The products that a yellow card may name, by identifier (smart-icvp,
/// REQ-CC-06). Cheap to clone.
///
/// The [built-in one](Self::builtin) knows both schemes of identifiers that
/// occur. A verifier takes another one with
/// [`Policy::products`](crate::verify::Policy::products), an issuer with
/// [`YellowCardBuilder::build_with`](super::YellowCardBuilder::build_with).
///
/// # Format
/// UTF-8 of at most 1 MiB; a line is a row of fields between tabs, its first
/// one the kind. Empty lines and those that begin with `#` are passed over,
/// blanks around a field are dropped. Each row names only what stands above it.
///
/// | kind | fields |
/// |---|---|
/// | `catalogue` | date (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`), source; once, as the first row |
/// | `disease` | code (ICD-11), name |
/// | `vaccine` | code, name, codes of its diseases between blanks: the first one is what a yellow card with it is about |
/// | `product` | identifier, scheme, code of the vaccine, commercial name or nothing, manufacturer or nothing |
///
/// ```
/// use hcert::record::ProductCatalogue;
/// let own = ProductCatalogue::from_tsv(
///     "catalogue\t2026-05-01\tMinistry of Health\n\
///      disease\t1D47\tYellow fever\n\
///      vaccine\tYF\tYellow fever, live\t1D47\n\
///      product\tA-1\town\tYF\t\tInstitut Pasteur de Dakar\n",
/// )?;
/// assert_eq!(own.get("A-1").map(|product| product.disease()), Some("1D47"));
/// assert_eq!(own.disease_name("1D47"), Some("Yellow fever"));
/// # Ok::<(), hcert::record::CatalogueError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProductCatalogue(Option<Arc<Tables>>);

#[derive(Debug, Default)]
struct Tables {
    date: PartialDate,
    source: String,
    diseases: BTreeMap<String, String>,
    vaccines: BTreeMap<String, Arc<Vaccine>>,
    products: BTreeMap<String, Product>,
}

#[derive(Debug, PartialEq, Eq)]
struct Vaccine {
    code: String,
    name: String,
    /// At least one.
    diseases: Vec<String>,
}

/// A vaccine product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    id: String,
    scheme: String,
    vaccine: Arc<Vaccine>,
    name: Option<String>,
    manufacturer: Option<String>,
}

/// Why a text is not a catalogue. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// Longer than 1 MiB.
    #[error("the catalogue has {found} bytes, more than {MAX_BYTES}")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// The first row is not the `catalogue` row, or another one is.
    #[error("line {line}: exactly one row, the first, is \"catalogue\", a date and a source")]
    Header {
        /// The line.
        line: usize,
    },
    /// A row of an unknown kind, of too few or too many fields, or with an
    /// empty field that must not be.
    #[error("line {line}: not a disease, vaccine or product with its fields between tabs")]
    Row {
        /// The line.
        line: usize,
    },
    /// A vaccine or product names what no row above it has.
    #[error("line {line}: names a disease or vaccine that no row above it has")]
    Unknown {
        /// The line.
        line: usize,
    },
    /// A duplicate code or identifier.
    #[error("line {line}: its code or identifier has a row already")]
    Duplicate {
        /// The line.
        line: usize,
    },
    /// There is no product: nothing would be valid.
    #[error("the catalogue has no product")]
    Empty,
}

impl CatalogueError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "catalogue-too-long",
            Self::Header { .. } => "catalogue-header",
            Self::Row { .. } => "catalogue-row",
            Self::Unknown { .. } => "catalogue-unknown",
            Self::Duplicate { .. } => "catalogue-duplicate",
            Self::Empty => "catalogue-empty",
        }
    }
}

impl ProductCatalogue {
    /// The catalogue that is compiled in; [`date`](Self::date) and
    /// [`source`](Self::source) tell what it was made from.
    pub fn builtin() -> Self {
        Self(None)
    }

    /// That which is compiled in is read when somebody looks into it: it takes
    /// more memory than a small machine has for it.
    fn tables(&self) -> &Tables {
        // A test reads the file; without it every product would be unknown.
        static BUILTIN: Lazy<Tables> =
            Lazy::new(|| Tables::from_tsv(include_str!("products.tsv")).unwrap_or_default());
        self.0.as_deref().unwrap_or_else(|| &BUILTIN)
    }

    /// Reads a catalogue; the [format](Self#format) is above.
    pub fn from_tsv(text: &str) -> Result<Self, CatalogueError> {
        Ok(Self(Some(Arc::new(Tables::from_tsv(text)?))))
    }

    /// As of when it is.
    pub fn date(&self) -> PartialDate {
        self.tables().date
    }

    /// What it was made from.
    pub fn source(&self) -> &str {
        &self.tables().source
    }

    /// The product of that identifier. Identifiers are compared to the letter.
    pub fn get(&self, id: &str) -> Option<&Product> {
        self.tables().products.get(id)
    }

    /// All products, by identifier.
    pub fn iter(&self) -> impl Iterator<Item = &Product> {
        self.tables().products.values()
    }

    /// Whether a disease of that code is there, in capitals or not.
    pub(super) fn has_disease(&self, code: &str) -> bool {
        let code = code.trim();
        let mut all = self.tables().diseases.keys();
        all.any(|known| known.eq_ignore_ascii_case(code))
    }

    /// The name of the disease of that code.
    pub fn disease_name(&self, code: &str) -> Option<&str> {
        self.tables().diseases.get(code).map(String::as_str)
    }
}

fn known_date(text: &str) -> Option<PartialDate> {
    let date = PartialDate::parse(text).ok();
    date.filter(|date| *date != PartialDate::Unknown)
}

impl Tables {
    fn from_tsv(text: &str) -> Result<Self, CatalogueError> {
        if text.len() > MAX_BYTES {
            return Err(CatalogueError::TooLong { found: text.len() });
        }
        let mut tables = None;
        for (line, row) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line + 1;
            if row.trim().is_empty() || row.starts_with('#') {
                continue;
            }
            let fields: Vec<_> = row.split('\t').map(str::trim).collect();
            match (&mut tables, fields.as_slice()) {
                (None, ["catalogue", date, source]) if !source.is_empty() => {
                    tables = Some(Self {
                        date: known_date(date).ok_or(CatalogueError::Header { line })?,
                        source: (*source).into(),
                        ..Self::default()
                    });
                }
                (None, _) | (Some(_), ["catalogue", ..]) => {
                    return Err(CatalogueError::Header { line });
                }
                (Some(tables), fields) => tables.row(fields, line)?,
            }
        }
        let tables = tables.ok_or(CatalogueError::Empty)?;
        if tables.products.is_empty() {
            return Err(CatalogueError::Empty);
        }
        Ok(tables)
    }

    fn row(&mut self, fields: &[&str], line: usize) -> Result<(), CatalogueError> {
        let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let doubled = match *fields {
            ["disease", code, name] if !code.is_empty() && !name.is_empty() => {
                self.diseases.insert(code.into(), name.into()).is_some()
            }
            ["vaccine", code, name, diseases] if !code.is_empty() && !name.is_empty() => {
                let diseases: Vec<String> = diseases.split_whitespace().map(Into::into).collect();
                if diseases.is_empty() {
                    return Err(CatalogueError::Row { line });
                }
                if !diseases.iter().all(|code| self.diseases.contains_key(code)) {
                    return Err(CatalogueError::Unknown { line });
                }
                let vaccine = Vaccine {
                    code: code.into(),
                    name: name.into(),
                    diseases,
                };
                let vaccine = Arc::new(vaccine);
                self.vaccines.insert(code.into(), vaccine).is_some()
            }
            ["product", id, scheme, vaccine, name, manufacturer]
                if !id.is_empty() && !scheme.is_empty() =>
            {
                let vaccine = self.vaccines.get(vaccine);
                let product = Product {
                    id: id.into(),
                    scheme: scheme.into(),
                    vaccine: vaccine.ok_or(CatalogueError::Unknown { line })?.clone(),
                    name: optional(name),
                    manufacturer: optional(manufacturer),
                };
                self.products.insert(id.into(), product).is_some()
            }
            _ => return Err(CatalogueError::Row { line }),
        };
        if doubled {
            return Err(CatalogueError::Duplicate { line });
        }
        Ok(())
    }
}

impl Product {
    /// The identifier, as it stands in `vp`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The scheme of the identifier: in the built-in catalogue `2025`
    /// (`YellowFeverProduct…`, smart-icvp 0.3.0) or `2026` (the WHO's
    /// prequalification list).
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The code of the vaccine, in the built-in catalogue the WHO's
    /// abbreviation: `YF`, `bOPV`.
    pub fn vaccine(&self) -> &str {
        &self.vaccine.code
    }

    /// The vaccine in words.
    pub fn vaccine_name(&self) -> &str {
        &self.vaccine.name
    }

    /// The disease that a yellow card with this product is about.
    pub fn disease(&self) -> &str {
        self.diseases().first().map_or("", String::as_str)
    }

    /// All diseases that it is against, the one of the yellow card first.
    pub fn diseases(&self) -> &[String] {
        &self.vaccine.diseases
    }

    /// The commercial name, if it is known.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The manufacturer, if it is known.
    pub fn manufacturer(&self) -> Option<&str> {
        self.manufacturer.as_deref()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::format;

    const HEAD: &str = "catalogue\t2026\tx\ndisease\tD\tDisease\nvaccine\tV\tVaccine\tD\n";

    fn read(rows: &str) -> Result<ProductCatalogue, &'static str> {
        ProductCatalogue::from_tsv(&format!("{HEAD}{rows}")).map_err(|e| e.code())
    }

    #[test]
    fn the_built_in_file_is_read_to_its_last_line() {
        let file = ProductCatalogue::from_tsv(include_str!("products.tsv")).unwrap();
        let products = include_str!("products.tsv").lines();
        let products = products.filter(|line| line.starts_with("product\t"));
        assert_eq!(ProductCatalogue::builtin().iter().count(), products.count());
        assert_eq!(file.iter().count(), 93);
        assert_eq!(file.date(), PartialDate::parse("2026-04").unwrap());
        assert!(file.iter().all(|product| product.manufacturer().is_some()));
    }

    #[test]
    fn a_catalogue_is_whole_or_refused() {
        let ok = read("\n# comment\nproduct\tA\ts\tV\t\t\r\n").unwrap();
        let product = ok.get("A").unwrap();
        assert_eq!((product.name(), product.manufacturer()), (None, None));
        assert_eq!(product.diseases(), ["D"]);
        let product = "product\tA\ts\tV\t\t\n";
        for (rows, code) in [
            ("", "catalogue-empty"),
            ("product\tA\ts\tW\t\t\n", "catalogue-unknown"),
            ("product\tA\ts\tV\t\n", "catalogue-row"),
            ("product\t\ts\tV\t\t\n", "catalogue-row"),
            ("product\tA\ts\tV\t\t\t\n", "catalogue-row"),
            ("vaccine\tW\tx\tE\n", "catalogue-unknown"),
            ("vaccine\tW\tx\t \n", "catalogue-row"),
            ("vaccine\tV\tx\tD\n", "catalogue-duplicate"),
            ("disease\tD\tx\n", "catalogue-duplicate"),
            ("medicine\tD\tx\n", "catalogue-row"),
            ("catalogue\t2026\tx\n", "catalogue-header"),
            (&product.repeat(2), "catalogue-duplicate"),
        ] {
            assert_eq!(read(rows).unwrap_err(), code, "{rows:?}");
        }
        for text in ["catalogue\t\tx\n", "catalogue\t2026-13\tx\n", product] {
            let error = ProductCatalogue::from_tsv(text).unwrap_err();
            assert_eq!(error, CatalogueError::Header { line: 1 });
        }
        let long = ProductCatalogue::from_tsv(&" ".repeat(MAX_BYTES + 1));
        assert_eq!(long.unwrap_err().code(), "catalogue-too-long");
        let empty = ProductCatalogue::from_tsv("");
        assert_eq!(empty.unwrap_err(), CatalogueError::Empty);
    }
}
