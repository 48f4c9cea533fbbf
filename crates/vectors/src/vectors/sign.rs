//! Signatures, right ones and wrong ones, the same in each run.

use std::convert::Infallible;

use hcert::issue::{P256Signer, Signer};
use p256::ecdsa::Signature;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::{Pkcs1v15Sign, PrivateKey, Pss};
use sha2::{Digest, Sha256};

use super::Error;

/// The order n of P-256 (SEC 2, §2.4.2).
pub const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Signs `message` with a P-256 key in PEM; `r‖s`, RFC 6979.
pub fn es256(pem: &str, message: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(P256Signer::from_pkcs8_pem(pem)?.sign(message)?)
}

/// The other signature that the same key could have made: `r‖(n − s)`.
pub fn twin(signature: &[u8]) -> Result<Vec<u8>, Error> {
    let signature = Signature::from_slice(signature)?;
    let (r, s) = signature.split_scalars();
    Ok(Signature::from_scalars(r.to_bytes(), (-*s).to_bytes())?
        .to_bytes()
        .to_vec())
}

/// RSASSA-PSS with SHA-256; PS256 has a salt of 32 bytes.
pub fn pss(pem: &str, message: &[u8], salt: usize) -> Result<Vec<u8>, Error> {
    let key = PrivateKey::from_pkcs8_pem(pem)?;
    let digest = Sha256::digest(message);
    let mut rng = Counter::new(message);
    Ok(key.sign_with_rng(&mut rng, Pss::<Sha256>::new_with_salt(salt), &digest)?)
}

/// RSASSA-PKCS1-v1_5 with SHA-256: RS256.
pub fn pkcs1(pem: &str, message: &[u8]) -> Result<Vec<u8>, Error> {
    let key = PrivateKey::from_pkcs8_pem(pem)?;
    Ok(key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))?)
}

/// HMAC with SHA-256 (RFC 2104), for the attack that takes a public key for
/// the secret.
pub fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    let hashed = Sha256::digest(secret);
    let secret = if secret.len() > 64 {
        &hashed[..]
    } else {
        secret
    };
    block.iter_mut().zip(secret).for_each(|(b, s)| *b = *s);
    let inner = Sha256::new()
        .chain_update(block.map(|b| b ^ 0x36))
        .chain_update(message);
    let outer = Sha256::new().chain_update(block.map(|b| b ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().to_vec()
}

pub fn rsa_spki(pem: &str) -> Result<Vec<u8>, Error> {
    let key = PrivateKey::from_pkcs8_pem(pem)?.to_public_key();
    Ok(key.to_public_key_der()?.into_vec())
}

/// Numbers that follow from the message, so that PSS gives the same signature
/// in each run. Nothing that is to stay secret may be signed this way.
struct Counter {
    seed: [u8; 32],
    count: u64,
}

impl Counter {
    fn new(message: &[u8]) -> Self {
        Self {
            seed: Sha256::digest(message).into(),
            count: 0,
        }
    }
}

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dest.chunks_mut(32) {
            self.count += 1;
            let block = Sha256::new()
                .chain_update(self.seed)
                .chain_update(self.count.to_be_bytes());
            chunk
                .iter_mut()
                .zip(block.finalize())
                .for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}
