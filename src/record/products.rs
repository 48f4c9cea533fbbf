//! The vaccine products of the yellow card.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// The products that a yellow card may name, by identifier.
#[derive(Debug, Clone)]
pub struct ProductCatalogue(Arc<BTreeMap<String, Product>>);

/// A vaccine product.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Product {
    /// The manufacturer's name.
    pub manufacturer: String,
}

impl ProductCatalogue {
    /// The catalogue that is compiled in.
    pub fn builtin() -> Self {
        static BUILTIN: LazyLock<ProductCatalogue> =
            LazyLock::new(|| ProductCatalogue(Arc::default()));
        BUILTIN.clone()
    }

    /// The product of that identifier.
    pub fn get(&self, id: &str) -> Option<&Product> {
        self.0.get(id)
    }
}
