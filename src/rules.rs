//! Whether an authentic certificate is accepted: the rules of a place, which
//! are data like the trust lists.
//!
//! [`certlogic`] is the language that the EU's business rules are written in.

pub mod certlogic;
