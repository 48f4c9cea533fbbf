//! Offline-verifiable signed travel certificates.
