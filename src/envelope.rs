//! What is signed, and by whom: signatures, the structures that hold them, and
//! certificates with their chains.

pub(crate) mod chain;
pub(crate) mod cms;
pub mod cose;
pub(crate) mod jws;
pub(crate) mod signature;
pub(crate) mod signing;
pub(crate) mod x509;
