//! How a case of `test-vectors/` is read and run: by the generator, which
//! writes down what came out, and by the test that holds the crate to it.

pub mod fields;
pub mod revocation;
pub mod trust_lists;
