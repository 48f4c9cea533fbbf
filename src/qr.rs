//! The printed end of a certificate: QR symbols, written and read.
//!
//! [`QrSymbol::encode`] turns an `HC1:…` text into a symbol and draws it as
//! SVG, PNG or terminal text. With the feature `scan`, `scan` finds the symbols
//! in a picture and gives their texts back.
//!
//! The symbology is QR Code as in ISO/IEC 18004; what a certificate may use of
//! it is set by the [HCERT specification 1.0.8], section 4.2.2: alphanumeric
//! mode, error correction level Q recommended, 35 to 60 mm across the diagonal.
//!
//! Nothing here looks into the text. A scanned text is as untrusted as the
//! picture it came from.
//!
//! [HCERT specification 1.0.8]: https://github.com/ehn-dcc-development/eu-dcc-hcert-spec

mod render;
#[cfg(feature = "scan")]
mod scan;

pub use render::{EcLevel, QrError, QrSymbol, SizeWarning, SvgOptions};
#[cfg(feature = "scan")]
pub use scan::{QrMode, ScanError, ScanLimits, ScannedCode, scan};
