//! How certificates are written. Each format ends in a type that has been
//! parsed and not yet verified.

pub mod hc1;
