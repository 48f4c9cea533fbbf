//! Keys that anybody can sign with: their private halves are published.

use super::PublicKey;

/// A key that no trust list of real signers should hold: anybody can sign
/// with it, or its maker has it for examples alone.
///
/// The keys are those of specifications, sample code and test data of health
/// certificates. Each private half was seen in [`source`](Self::source) and
/// fits the public half here, but where
/// [`is_private_key_published`](Self::is_private_key_published) says no.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublishedKey {
    fingerprint: &'static str,
    pub(crate) private: bool,
    pub(crate) name: &'static str,
    source: &'static str,
}

impl PublishedKey {
    /// SHA-256 of the DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), in
    /// lowercase hexadecimal digits: [`PublicKey::fingerprint`].
    ///
    /// An EC key is `id-ecPublicKey` with the named curve and the uncompressed
    /// point (RFC 5480 §2), an RSA key `rsaEncryption` with NULL as parameters
    /// (RFC 3279 §2.3.1). That is what `openssl pkey -pubin -outform DER |
    /// sha256sum` shows of a key in its usual form.
    pub const fn fingerprint(&self) -> &'static str {
        self.fingerprint
    }

    /// Whose key it is, in a few words.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Where it is published: `OWNER/REPOSITORY@COMMIT PATH` on GitHub, or the
    /// section of an RFC.
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the private half is published. If not, its maker published the
    /// public half for examples, to be trusted in tests alone.
    pub const fn is_private_key_published(&self) -> bool {
        self.private
    }

    /// All keys that are known here, by [`fingerprint`](Self::fingerprint). There
    /// are others.
    pub const fn all() -> &'static [Self] {
        KEYS
    }

    /// The entry of a key among [all](Self::all).
    ///
    /// ```
    /// use hcert::crypto::PublicKey;
    /// use hcert::trust::PublishedKey;
    /// // RFC 9052, appendix C.7.1
    /// let hex = |text: &str| -> [u8; 32] {
    ///     std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..][..2], 16).unwrap())
    /// };
    /// let x = hex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff");
    /// let y = hex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e");
    /// let found = PublishedKey::of(&PublicKey::from_p256_coordinates(&x, &y)?).unwrap();
    /// assert_eq!(found.name(), "COSE, example key 11");
    /// # Ok::<(), hcert::crypto::KeyError>(())
    /// ```
    pub fn of(key: &PublicKey) -> Option<&'static Self> {
        published_key(key)
    }
}

/// [`PublishedKey::of`].
pub(crate) fn published_key(key: &PublicKey) -> Option<&'static PublishedKey> {
    // Every key of every list comes by here: no text is made for it.
    let mut digits = [0; 64];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(key.fingerprint().as_bytes()) {
        let digit = |value| {
            if value < 10 {
                b'0' + value
            } else {
                b'a' - 10 + value
            }
        };
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    let found = KEYS.binary_search_by(|known| known.fingerprint.as_bytes().cmp(&digits));
    KEYS.get(found.ok()?)
}

/// Refuses what everybody can sign with, wherever signatures are to count.
pub(crate) fn refuse_published<E>(key: &PublicKey) -> Result<(), E>
where
    E: From<&'static PublishedKey>,
{
    published_key(key).map_or(Ok(()), |known| Err(known.into()))
}

const fn private(
    fingerprint: &'static str,
    name: &'static str,
    source: &'static str,
) -> PublishedKey {
    PublishedKey {
        fingerprint,
        private: true,
        name,
        source,
    }
}

const fn example(
    fingerprint: &'static str,
    name: &'static str,
    source: &'static str,
) -> PublishedKey {
    PublishedKey {
        private: false,
        ..private(fingerprint, name, source)
    }
}

/// Sorted by fingerprint.
static KEYS: &[PublishedKey] = &[
    private(
        "0d027993f9146c3f986a8dc06e4353e434ef71a5360d5014800f7d5c04bec010",
        "coronacheck-hcert, DSC of Friesland of its tests",
        "minvws/nl-covid19-coronacheck-hcert@a52ec6cc testdata/key.pem",
    ),
    private(
        "16f3988924df9c0cf6c8e506078939e1a5dc88d5316a2371bb561df108d01c7f",
        "PathCheck shc-sdk, example issuer, PJm-qzYQDnnsa_0IZBcPahQrpwWBfs0lzkgudTgqF9Y",
        "Path-Check/shc-sdk.js@7f62d92b README.md",
    ),
    private(
        "180ce3e56d727fe1dd5b567220d1e811e53262f7ea4981dbdeac1bdc87e3bf67",
        "CWT, example key AsymmetricECDSA256",
        "RFC 8392 appendix A.2.3",
    ),
    private(
        "2bd1bb0c44a897c30a7aa0991cde38d8062fe441de50da0f46825344f602e827",
        "JWS, example key of ES256",
        "RFC 7515 appendix A.3.1",
    ),
    private(
        "2ca3d65460351710cd4e1758c5bad188cc52c549f86be14da79874d111e96e40",
        "nzcp-js, its own issuer of tests",
        "haxxnz/nzcp-js@5d7154f6 src/minePrivateKey.json",
    ),
    private(
        "2e69903cdcf46ffe82acac41ed2228bb2decbb9977464c5b300313417db7e3ec",
        "SMART Health Cards, example issuer with certificates, bVKTnRwVq4YU9oLwwShYELnRtKop_MsCAjNklowYemg",
        "smart-on-fhir/health-cards@05d76d59 generate-examples/src/config/issuer.jwks.private.json",
    ),
    private(
        "2f1aa22b9490739b4a94bff009265c89be3405a762f5e8b1c98df38c9caf237a",
        "hcert-testdata, issuer3",
        "ehn-dcc-development/hcert-testdata@a65f6a73 testdata/issuer3.key",
    ),
    private(
        "2f975886260f860fb38b3d649b6a7d0658e5c24f28e4eafc3a14ca6d9833afae",
        "DIVOC, development key of the certificate signer (RSA)",
        "Path-Check/divoc-sdk.js@66f90e93 README.md",
    ),
    private(
        "37a6e2f95b01da0e99f3b39af5f1c2d6e9b25bf997b36c9a8d30f5ef80592488",
        "sign-verify-service, example DSC",
        "HISPVietnam/sign-verify-service@1340080c examples/certs/dsc-worker.p8",
    ),
    private(
        "42f428b30025cf1ecd25fbca3818363cfc0ded46d59a21014bdec335223ad91a",
        "hc1_test_cert, signer of test certificates",
        "nofaceinbook/hc1_test_cert@184298c2 hc1_test_cert.py",
    ),
    private(
        "51ac3f5aeaf3ebf0e0c4f375672db906a4670b1406425497e12bf89089c3b2e6",
        "hcert-kotlin, EC key of a test",
        "ehn-dcc-development/hcert-kotlin@0143be60 src/commonTest/kotlin/ehn/techiop/hcert/kotlin/chain/impl/FileBasedCryptoServiceTest.kt",
    ),
    private(
        "51b944cdfa544d4c3273aa6bf350625a7dd53bbb6a71723274f538b19a207760",
        "JWK, example EC key",
        "RFC 7517 appendix A.2",
    ),
    private(
        "55b16df4e7b1b071f938941140538a4c300cf5bb914e50f60181c5ec8782467d",
        "SMART Health Cards, example issuer, 3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s",
        "smart-on-fhir/health-cards@263d5f70 generate-examples/src/config/issuer.jwks.private.json",
    ),
    private(
        "603906e5aedfe0afad05d5932e8ea2a50922fe91cf0e7a4601d1e44aeed433de",
        "hcert-testdata, signer of the key list",
        "ehn-dcc-development/hcert-testdata@a65f6a73 testdata/jwks_signer_private.json",
    ),
    private(
        "63f747bf3e451a7326c490f41a9c51eb4a7f9143dd210bbb372023e5cadae270",
        "sign-verify-service, example CSCA",
        "HISPVietnam/sign-verify-service@1340080c examples/certs/csca.key",
    ),
    private(
        "66e2b23c32c650217f99e11fb60b51ea72c6667c6dfd1238364435e62d659d5b",
        "COSE, example key 11",
        "RFC 9052 appendix C.7.2",
    ),
    private(
        "6e74096eff490dd8091229e0e1fd14ef864cf79d4361760145339c60cc468e24",
        "hcert-service-kotlin, built-in signer of the trust list",
        "ehn-dcc-development/hcert-service-kotlin@20be73dc src/main/resources/ec-trust-list-private.pem",
    ),
    private(
        "80f259909b6dad0223a6e5360c3dd80b9da32e1d77be9e7c71b1a5d0c71c3cc2",
        "hcert-kotlin, RSA key of a test",
        "ehn-dcc-development/hcert-kotlin@0143be60 src/commonTest/kotlin/ehn/techiop/hcert/kotlin/chain/impl/FileBasedCryptoServiceTest.kt",
    ),
    private(
        "917921a43865256a44341a2566af2cc3c332795d6d849173f97bba57edfd3157",
        "hcert-testdata, issuer2",
        "ehn-dcc-development/hcert-testdata@a65f6a73 testdata/issuer2.key",
    ),
    private(
        "93671f3f9e7a2cbcbb1697d46953a0575736a81caa73d884770f616b29de8d97",
        "SMART Health Cards developer tools, issuer of revocation tests",
        "smart-on-fhir/health-cards-dev-tools@4ca6adc8 testdata/badcrl/private.json",
    ),
    private(
        "a3b61ba03dbec6d30d72c0002eddcd437a93851ea849abd2788881225a73262b",
        "hcert-service-kotlin, built-in document signer",
        "ehn-dcc-development/hcert-service-kotlin@20be73dc src/main/resources/ec-chain-private.pem",
    ),
    example(
        "bf7f3a8b7a480e5e27571499e045a09ba5747eb8f397407fa3a64d62808db66a",
        "NZ COVID Pass, example issuer did:web:nzcp.covid19.health.nz, key-1",
        "minhealthnz/nzcovidpass-spec@d9ccfd61 examples/valid/jwk.json",
    ),
    private(
        "cd2969515ac008ab0bf6d7d34b57fea0dc0ba5f43a7aa19b4c002f2bfb547873",
        "hcert-testdata, issuer4",
        "ehn-dcc-development/hcert-testdata@a65f6a73 testdata/issuer4.key",
    ),
    private(
        "d301ce2502eb6538eda83f93402899f52d63233379b94ac1a0f6034136e5340a",
        "SMART Health Cards, example issuer, encryption key 7rIUtD5K5Izrptr3ywgESTxhgJtJSeb06V42hg7WUDs",
        "smart-on-fhir/health-cards@263d5f70 generate-examples/src/config/issuer.jwks.private.json",
    ),
    private(
        "d7545af380643c3cc00f0eeed44415a2bc0ad64771302bfb9ea01d31674a0997",
        "hcert-testdata, issuer1",
        "ehn-dcc-development/hcert-testdata@a65f6a73 testdata/issuer1.key",
    ),
    private(
        "e0f2fb56140c7f1e5d8698922e664881c3f2f8bcf926202911eb6bf5444be83c",
        "PathCheck shc-sdk, example issuer with certificates, a4dzPoSaJ9s30gZbqgGpz4powoYMJL_DXxIjTOyWRUs",
        "Path-Check/shc-sdk.js@7f62d92b README.md",
    ),
    private(
        "e43dddb694b2ac5f505367b9960aee50c9845426c8b439bdf578f9e35152ddf4",
        "PathCheck dcc-sdk and vds-sdk, DSC of Friesland, kid Rjene8QvRwA=",
        "Path-Check/dcc-sdk.js@e4976b83 README.md",
    ),
];
