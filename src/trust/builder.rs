//! Collects keys, and checks what they come with.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use super::Anchor;
use super::deny::{Denial, DenyIndex, DenyList, Names};
use super::error::LoadError;
use super::key::{TrustedKey, Vouchers};
use super::list::gdhcn::{self, Environment, GdhcnAnchor, GdhcnError};
use super::list::{self, Check, Claims, GatewayRoles, ListBytes, ListFormat, ListInfo};
use super::report::{EntryProblem, LoadReport};
use super::source::{Entry, Source};
use super::state::TrustState;
use super::store::{self, TrustStore};
use super::{jwk, pem, snapshot};
use crate::codec::detcbor::Reader;
use crate::codec::text::shown;
use crate::crypto::kid::Kid;
use crate::crypto::published::refuse_published;
use crate::crypto::{KeyFingerprint, PublicKey};
use crate::trust::limits::LoadLimits;
use crate::trust::problem::ProblemKind;
use crate::trust::usage::KeyUsage;

/// Collects keys for a [`TrustStore`].
///
/// Each `add_…` takes a label first: a file name or whatever names the source
/// to the user. An error refuses the input as a whole and leaves the builder
/// as it was; what is wrong with a single entry goes into the [`LoadReport`].
///
/// ```
/// use hcert::trust::{ListFormat, TrustStore};
/// let mut builder = TrustStore::builder();
/// builder.add_list("acc.json", ListFormat::Certificates, br#"{"certificates":[
///     {"kid": "AAECAwQFBgc=", "rawData": "AAAA"}
/// ]}"#)?;
/// let (store, report) = builder.build();
/// assert!(store.is_empty());
/// assert_eq!(report.problems[0].problem.code(), "certificate-encoding");
/// assert_eq!(report.problems[0].kid.as_deref(), Some("AAECAwQFBgc="));
/// # Ok::<(), hcert::trust::LoadError>(())
/// ```
#[derive(Default)]
pub struct TrustStoreBuilder {
    limits: LoadLimits,
    keys: Vec<TrustedKey>,
    report: LoadReport,
    environment: Option<Environment>,
    /// By the caller's word or the state.
    required: Vec<Environment>,
    /// The states that the caller gave.
    given: TrustState,
    /// What each snapshot says of itself, and the lists that it brought.
    snapshots: Vec<(ListInfo, Vec<Arc<ListInfo>>)>,
    deny: DenyList,
    accept_published: bool,
    gateway: GatewayRoles,
    is_anchor: bool,
}

/// Those that a list has to be of: those that the caller asks for, that of the
/// lists, and that of the state.
struct Environments(Vec<Environment>);

impl Environments {
    fn check(&self, added: Option<Environment>) -> Result<(), GdhcnError> {
        let Some(added) = added else {
            return Ok(());
        };
        match self.0.iter().copied().find(|has| *has != added) {
            Some(has) => Err(GdhcnError::MixedEnvironments { has, added }),
            None => Ok(()),
        }
    }
}

/// Who vouches for the keys of an input.
enum Voucher {
    Caller,
    List(Box<ListInfo>),
    /// Each key brings those of these lists that hold it.
    Snapshot(Box<ListInfo>, Vec<Arc<ListInfo>>),
}

impl TrustStore {
    /// A builder without keys.
    pub fn builder() -> TrustStoreBuilder {
        TrustStoreBuilder::default()
    }
}

impl TrustStoreBuilder {
    /// Sets the limits for what is added from now on.
    #[must_use]
    pub fn with_limits(mut self, limits: LoadLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Takes over what the app remembers of its lists: an older edition of one
    /// of them is refused from now on, and so is a list of another environment
    /// of the WHO's network. The new state is [`LoadReport::state`].
    ///
    /// Lists that were added already and are older than the state knows, or of
    /// another environment, are taken out again.
    #[must_use]
    pub fn with_state(mut self, state: &TrustState) -> Self {
        let older = |list: &Arc<ListInfo>| state.check(list).is_err();
        let older: Vec<_> = self
            .report
            .lists
            .iter()
            .filter(|l| older(l))
            .cloned()
            .collect();
        older.iter().for_each(|list| self.supersede(list));
        self.supersede_snapshots(|own| state.check(own).is_err());
        if let Some(environment) = state.environment() {
            self.keep_environment(environment);
            self.report.state = self.known();
        }
        self.given.merge(state);
        self.report.state.merge(state);
        self
    }

    /// Takes the lists of other environments out again, and takes no more.
    fn keep_environment(&mut self, environment: Environment) {
        self.required.push(environment);
        let is_other = |list: &Arc<ListInfo>| {
            let of = list.identity().and_then(Environment::of_list);
            list.format == ListFormat::Gdhcn && of.is_some_and(|of| of != environment)
        };
        let lists = self.report.lists.iter();
        let others: Vec<_> = lists.filter(|list| is_other(list)).cloned().collect();
        others.iter().for_each(|list| self.supersede(list));
        let before = self.keys.len();
        self.keys.retain(|key| {
            let listed = key.gdhcn.as_ref();
            listed.is_none_or(|listed| listed.environment() == environment)
        });
        self.report.superseded += before - self.keys.len();
        if self.environment != Some(environment) {
            self.environment = None;
        }
    }

    /// Takes keys of this environment of the WHO's network alone, and takes
    /// lists of others that were added already out again. Without it, the state
    /// or the first list decides, which may be a snapshot's.
    #[must_use]
    pub fn with_environment(mut self, environment: Environment) -> Self {
        self.keep_environment(environment);
        self.report.state = self.known();
        self
    }

    /// What the given states know, and the lists and snapshots that are here: no
    /// list of another environment.
    fn known(&self) -> TrustState {
        let mut known = self.given.clone();
        self.report.lists.iter().for_each(|list| known.saw(list));
        self.snapshots.iter().for_each(|(own, _)| known.saw(own));
        known
    }

    /// Says what certificates of the gateway are, for lists that are added from
    /// now on.
    #[must_use]
    pub fn with_gateway_roles(mut self, roles: GatewayRoles) -> Self {
        self.gateway = roles;
        self
    }

    /// Denies keys, whatever lists hold them, before or after this call.
    pub fn deny(&mut self, list: DenyList) -> &mut Self {
        self.deny.append(list);
        self
    }

    /// For what is pinned, and signs no certificates.
    pub(super) fn for_an_anchor(mut self) -> Self {
        self.is_anchor = true;
        self
    }

    /// Takes, from now on, keys that are refused otherwise because anybody can
    /// sign with them ([`ProblemKind::PublishedKey`]). For tests with the
    /// field's sample certificates, never for a store that decides anything.
    /// They sign certificates then, and still no list or certificate.
    #[must_use]
    pub fn dangerously_accept_published_keys(mut self) -> Self {
        self.accept_published = true;
        self
    }

    /// Adds a DER certificate under its own kid ([`Dsc::kid`](super::Dsc::kid)).
    pub fn add_certificate_der(&mut self, label: &str, der: &[u8]) -> Result<&mut Self, LoadError> {
        self.add_vouched(label, der, |source| {
            Ok(vec![source.certificate(None, der).into()])
        })
    }

    /// Adds a DER certificate under the kid that its source declares.
    pub fn add_certificate_der_as(
        &mut self,
        label: &str,
        kid: Kid,
        der: &[u8],
    ) -> Result<&mut Self, LoadError> {
        self.add_vouched(label, der, |source| {
            Ok(vec![source.certificate(Some(kid), der).into()])
        })
    }

    /// Adds the `CERTIFICATE` and `PUBLIC KEY` blocks of a PEM text (RFC
    /// 7468). Text before, between and after the blocks is skipped; a block
    /// without an end is reported. A public key gets
    /// [`Kid::of_public_key`], which the report notes.
    pub fn add_pem(&mut self, label: &str, text: impl AsRef<[u8]>) -> Result<&mut Self, LoadError> {
        let text = text.as_ref();
        self.add_vouched(label, text, |source| pem::read(source, text))
    }

    /// Adds a key that the caller already has.
    pub fn add_public_key(
        &mut self,
        label: &str,
        kid: Kid,
        key: PublicKey,
        country: Option<&str>,
        usage: KeyUsage,
    ) -> Result<&mut Self, LoadError> {
        self.add_vouched(label, &[], |source| {
            let mut found = source.public_key(Some(kid), key);
            found.key.country = country.map(Into::into);
            found.key.usage = usage;
            Ok(vec![Ok(found).into()])
        })
    }

    /// Adds a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), for any usage.
    pub fn add_spki_der(
        &mut self,
        label: &str,
        kid: Kid,
        der: &[u8],
    ) -> Result<&mut Self, LoadError> {
        self.add_vouched(label, der, |source| {
            Ok(vec![source.spki(Some(kid), der).into()])
        })
    }

    /// Adds a JWK or a JWK set (RFC 7517 §4, §5): EC P-256 and RSA.
    ///
    /// With `x5c` the key is taken from its first certificate and `x`, `y`,
    /// `n`, `e` are not looked at: published lists write coordinates wrongly,
    /// certificates rightly.
    ///
    /// A JWK's `kid` is text, a COSE kid is bytes. If the text is base64
    /// (either alphabet, padded or not), the bytes are what it decodes to, as
    /// the EU's and the WHO's lists mean it; otherwise they are its UTF-8.
    pub fn add_jwk(&mut self, label: &str, json: &[u8]) -> Result<&mut Self, LoadError> {
        self.add_vouched(label, json, |source| {
            let value = list::parse_unambiguous(json, &source.limits)?;
            if value.get("keys").is_some() {
                jwk::read_set(source, &value)
            } else {
                jwk::read_one(source, &value)
            }
        })
    }

    /// Adds a list whose signatures one of `anchors` vouches for; see
    /// [`ListFormat`] for what each form needs. Nothing of it is added, and it
    /// is an error, if a signature over the whole list is wrong, or if the form
    /// has none.
    ///
    /// What is pinned together is one signer, as while the key changes: a list
    /// that is older than one of the same form by any of `anchors` is refused,
    /// in this builder and by its [state](Self::with_state). For lists of two
    /// signers pass each its own anchor.
    ///
    /// No clock is read: the list's own dates go into [`ListInfo`], and those
    /// of the certificates beside its signature are not looked at.
    ///
    /// ```no_run
    /// use hcert::trust::{Anchor, ListBytes, ListFormat, TrustStore};
    /// let mut builder = TrustStore::builder();
    /// let key = Anchor::from_bytes(&std::fs::read("signing-key.pem")?)?;
    /// let list = std::fs::read("prod-dsc-list.json")?;
    /// builder.add_signed_list("de", ListFormat::German, &list, &[key])?;
    ///
    /// let root = Anchor::from_bytes(&std::fs::read("root.crt")?)?;
    /// let (keys, active) = (std::fs::read("updates.jwt")?, std::fs::read("keylist.jwt")?);
    /// let both = ListBytes::from(&keys).with_companion(&active);
    /// builder.add_signed_list("ch", ListFormat::Swiss, both, &[root])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_signed_list<'a>(
        &mut self,
        label: &str,
        format: ListFormat,
        bytes: impl Into<ListBytes<'a>>,
        anchors: &[Anchor],
    ) -> Result<&mut Self, LoadError> {
        self.add_national(label, format, bytes.into(), Check::Anchors(anchors))
    }

    /// Adds a list that nobody vouches for but the caller: one of a form
    /// without signature, or one of a signed form whose signature **is not
    /// looked at**. Whoever can write the bytes decides who is trusted.
    pub fn trust_unsigned_list<'a>(
        &mut self,
        label: &str,
        format: ListFormat,
        bytes: impl Into<ListBytes<'a>>,
    ) -> Result<&mut Self, LoadError> {
        self.add_national(label, format, bytes.into(), Check::Unsigned)
    }

    fn add_national(
        &mut self,
        label: &str,
        format: ListFormat,
        bytes: ListBytes<'_>,
        check: Check<'_>,
    ) -> Result<&mut Self, LoadError> {
        if let Check::Anchors(anchors) = check {
            anchors.iter().try_for_each(Anchor::check)?;
        }
        LoadError::check_size(bytes.companion.unwrap_or_default(), self.limits.input_bytes)?;
        if format == ListFormat::Snapshot {
            return self.add_snapshot(label, bytes, check);
        }
        let mut environment = self.environment;
        let fits = self.environments();
        self.add(label, bytes.list, |source| {
            let content = list::read_list(source, format, bytes, check)?;
            let mut keys = content.entries.iter().flat_map(|e| &e.outcome);
            // One document is of one environment.
            let added = keys.find_map(|found| Some(found.key.gdhcn.as_ref()?.environment()));
            fits.check(added)?;
            environment = added.or(environment);
            let list = ListInfo {
                label: label.into(),
                format,
                authenticated: matches!(check, Check::Anchors(_)),
                fetched_at: bytes.fetched_at,
                claims: content.claims.pinned(format, check),
            };
            Ok((content.entries, Voucher::List(list.into())))
        })?;
        self.environment = environment;
        Ok(self)
    }

    fn add_snapshot(
        &mut self,
        label: &str,
        bytes: ListBytes<'_>,
        check: Check<'_>,
    ) -> Result<&mut Self, LoadError> {
        let mut environment = self.environment;
        let fits = self.environments();
        self.add(label, bytes.list, |source| {
            list::check_given(ListFormat::Snapshot, &bytes, check)?;
            let mut read = snapshot::read(source, bytes.list, check)?;
            read.own.claims = read.own.claims.pinned(ListFormat::Snapshot, check);
            fits.check(read.environment)?;
            environment = environment.or(read.environment);
            Ok((read.entries, Voucher::Snapshot(read.own.into(), read.lists)))
        })?;
        self.environment = environment;
        Ok(self)
    }

    /// Adds what a view keeps of its snapshot. `signer`: who signed it, and what
    /// is pinned with that.
    pub(super) fn add_view(
        &mut self,
        label: &str,
        payload: Reader<'_>,
        signer: Option<(&Anchor, &[Anchor])>,
        keep: snapshot::Keep<'_>,
    ) -> Result<&mut Self, LoadError> {
        let fits = self.environments();
        self.add(label, &[], |source| {
            let anchor = signer.map(|(anchor, _)| anchor);
            let mut read = snapshot::read_payload(source, payload, anchor, keep)?;
            let check = signer.map_or(Check::Unsigned, |(_, pinned)| Check::Anchors(pinned));
            read.own.claims = read.own.claims.pinned(ListFormat::Snapshot, check);
            fits.check(read.environment)?;
            Ok((read.entries, Voucher::Snapshot(read.own.into(), read.lists)))
        })
    }

    /// Adds a list of a form without signature that the caller names. It is
    /// not checked to come from anybody: see [`ListFormat`]. Signed and
    /// national forms are refused: [`add_signed_list`](Self::add_signed_list),
    /// [`trust_unsigned_list`](Self::trust_unsigned_list).
    pub fn add_list(
        &mut self,
        label: &str,
        format: ListFormat,
        bytes: &[u8],
    ) -> Result<&mut Self, LoadError> {
        self.add(label, bytes, |source| {
            let entries = list::read(source, format, bytes, None)?;
            Ok((entries, unsigned(label, format)))
        })
    }

    /// Adds bytes of a form that [`ListFormat::detect`](super::ListFormat::detect)
    /// finds, or refuses them as [`LoadError::Unrecognised`]. As with
    /// [`add_list`](Self::add_list), nothing checks where they come from: **the
    /// caller vouches for the bytes**, so this is no call for a file of which
    /// somebody else should have signed the content. Signed and national forms
    /// are refused, and so is what shows the marks of two forms
    /// ([`LoadError::Ambiguous`]). A call that takes an anchor names the form
    /// and never takes another one in its place.
    pub fn add_bytes(&mut self, label: &str, bytes: &[u8]) -> Result<&mut Self, LoadError> {
        self.add(label, bytes, |source| {
            let (format, json) =
                list::detect(bytes, &source.limits)?.ok_or(LoadError::Unrecognised)?;
            let entries = list::read(source, format, bytes, json)?;
            Ok((entries, unsigned(label, format)))
        })
    }

    /// Adds a list of the WHO's network (GDHCN, version 2), after checking its
    /// proof against the signer's pinned key. A store takes lists of one
    /// environment alone.
    ///
    /// Document signers (DSC) and signing authorities (SCA) are kept, each
    /// with its domain and participant ([`TrustedKey::gdhcn`]): see
    /// [`TrustStore::select`]. References to other lists are reported and
    /// never followed.
    ///
    /// ```no_run
    /// use hcert::trust::{GdhcnAnchor, TrustStore};
    /// let mut builder = TrustStore::builder();
    /// builder.add_gdhcn("WHO", &std::fs::read("did.json")?, &GdhcnAnchor::prod())?;
    /// let (store, report) = builder.build();
    /// println!("of {:?}", report.lists[0].issued_at());
    /// let accepted = store.select(|key| key.gdhcn().is_some_and(|listed| {
    ///     listed.domain() == "DCC" && ["ESP", "PRT"].contains(&listed.participant())
    /// }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_gdhcn(
        &mut self,
        label: &str,
        bytes: &[u8],
        anchor: &GdhcnAnchor,
    ) -> Result<&mut Self, LoadError> {
        refuse_published::<LoadError>(anchor.public_key())?;
        let added = anchor.environment();
        self.environments().check(Some(added))?;
        self.add(label, bytes, |source| {
            let (entries, list) = gdhcn::read(source, bytes, anchor)?;
            Ok((entries, Voucher::List(list.into())))
        })?;
        self.environment = Some(added);
        Ok(self)
    }

    /// The store, and what became of each entry.
    pub fn build(mut self) -> (TrustStore, LoadReport) {
        let found = self.keys.len();
        let mut keys = merged(self.keys);
        self.report.loaded = keys.len();
        self.report.duplicates = found - keys.len();
        if !self.deny.is_empty() {
            self.report.unmatched_denials = deny(&mut keys, self.deny);
        }
        let store = TrustStore {
            several: Arc::new(store::several(&keys)),
            keys: Arc::new(keys),
            lists: self.report.lists.clone().into(),
            latest_time: self.report.state.latest_time(),
            tables: Arc::default(),
        };
        (store, self.report)
    }

    fn environments(&self) -> Environments {
        let of_lists = [self.environment, self.report.state.environment()];
        let all = self.required.iter().copied();
        Environments(all.chain(of_lists.into_iter().flatten()).collect())
    }

    /// Takes a list out of which a newer edition is known: what that withdrew
    /// is not to be trusted.
    fn supersede(&mut self, older: &Arc<ListInfo>) {
        self.report.lists.retain(|list| !Arc::ptr_eq(list, older));
        let before = self.keys.len();
        self.keys.retain_mut(|key| key.vouchers.remove(older));
        self.report.superseded += before - self.keys.len();
    }

    /// Takes out all that snapshots brought which are older editions.
    fn supersede_snapshots(&mut self, is_older: impl Fn(&ListInfo) -> bool) {
        let older = self.snapshots.extract_if(.., |(own, _)| is_older(own));
        let lists: Vec<_> = older.flat_map(|(_, lists)| lists).collect();
        lists.iter().for_each(|list| self.supersede(list));
    }

    fn add_vouched(
        &mut self,
        label: &str,
        input: &[u8],
        read: impl FnOnce(&Source) -> Result<Vec<Entry>, LoadError>,
    ) -> Result<&mut Self, LoadError> {
        self.add(label, input, |source| Ok((read(source)?, Voucher::Caller)))
    }

    /// Reads all entries of an input before the first one is added.
    fn add(
        &mut self,
        label: &str,
        input: &[u8],
        read: impl FnOnce(&Source) -> Result<(Vec<Entry>, Voucher), LoadError>,
    ) -> Result<&mut Self, LoadError> {
        LoadError::check_size(input, self.limits.input_bytes)?;
        let source = Source {
            label: label.into(),
            limits: self.limits,
            gateway: self.gateway.clone(),
            is_anchor: self.is_anchor,
            signatures: Cell::default(),
        };
        let (entries, voucher) = read(&source)?;
        let signatures = source.signatures.get();
        source.check_count(self.report.total.saturating_add(entries.len()))?;
        let mut state = self.report.state.clone();
        let mut saw = |list: &ListInfo| {
            state.check(list)?;
            state.saw(list);
            Ok::<_, LoadError>(())
        };
        let had = self.report.lists.len();
        let mut snapshot = None;
        let mut vouchers = Vouchers::default();
        match voucher {
            Voucher::Caller => vouchers.caller = true,
            Voucher::List(list) => {
                saw(&list)?;
                let list = Arc::new(*list);
                self.report.lists.push(list.clone());
                vouchers.lists = [list].into();
            }
            Voucher::Snapshot(own, lists) => {
                saw(&own)?;
                lists.iter().try_for_each(|list| saw(list))?;
                self.report.lists.extend(lists.iter().cloned());
                snapshot = Some((*own, lists));
            }
        }
        self.report.state = state;
        self.report.entry_signatures += signatures;
        let added = self.report.lists.get(had..).unwrap_or_default().to_vec();
        let earlier = self.report.lists.get(..had).unwrap_or_default().to_vec();
        for older in earlier {
            if added.iter().any(|newer| newer.is_newer_than(&older)) {
                self.supersede(&older);
            }
        }
        if let Some((own, lists)) = snapshot {
            self.supersede_snapshots(|older| own.is_newer_than(older));
            self.snapshots.push((own, lists));
        }
        for (position, entry) in entries.into_iter().enumerate() {
            self.insert(label, position, entry, &vouchers);
        }
        Ok(self)
    }

    fn insert(&mut self, label: &str, position: usize, entry: Entry, vouchers: &Vouchers) {
        let report = &mut self.report;
        report.total += 1;
        let kid = entry.kid.as_deref().map(shown);
        let mut note = |problem, kept| {
            report.problems.push(EntryProblem {
                label: label.into(),
                position,
                kid: kid.clone(),
                problem,
                kept,
            });
        };
        let outcome = entry.outcome.and_then(|found| {
            if !self.accept_published {
                refuse_published::<ProblemKind>(&found.key.key)?;
            }
            Ok(found)
        });
        let found = match outcome {
            Ok(found) => found,
            Err(problem) => {
                note(problem, false);
                report.rejected += 1;
                return;
            }
        };
        for problem in found.notes {
            note(problem, true);
        }
        let mut key = found.key;
        key.vouchers.join(vouchers);
        if key.key.algorithm().is_none() {
            let kind = key.key.kind().clone();
            note(ProblemKind::UnusableKey { kind }, true);
        }
        self.keys.push(key);
    }
}

/// In an order that doesn't depend on theirs. Of listings that are the same the
/// first one stays, and all their lists hold it.
fn merged(mut keys: Vec<TrustedKey>) -> Vec<TrustedKey> {
    // Stable: of those that are the same, the first one stays the first.
    keys.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut merged: Vec<TrustedKey> = Vec::with_capacity(keys.len());
    for mut key in keys {
        match merged.last_mut() {
            // The lists that hold a key may not be of one age.
            Some(earlier) if earlier.order() == key.order() => {
                if earlier.certificate.is_none() && key.certificate.is_some() {
                    core::mem::swap(earlier, &mut key);
                }
                earlier.vouchers.join(&key.vouchers);
            }
            _ => merged.push(key),
        }
    }
    merged
}

/// Marks the keys that are denied, in all their listings: which of these a kid
/// leads to, whoever sends the list or shows the certificate may have chosen.
/// Gives the denials that name no key.
fn deny(keys: &mut [TrustedKey], list: DenyList) -> Vec<Denial> {
    let mut places = BTreeMap::<KeyFingerprint, Vec<usize>>::new();
    for (place, key) in keys.iter().enumerate() {
        let all = places.entry(key.key.fingerprint()).or_default();
        all.push(place);
    }
    let mut index = DenyIndex::new(list);
    for (fingerprint, places) in places {
        let listings = places.iter().filter_map(|place| keys.get(*place));
        let denials = index.naming(&Names::new(fingerprint, listings));
        if denials.is_empty() {
            continue;
        }
        let denials: Arc<[_]> = denials.into();
        for place in places {
            if let Some(key) = keys.get_mut(place) {
                key.denials = denials.clone();
            }
        }
    }
    index.unmatched()
}

/// A key or certificate is the caller's own word; a list is somebody else's.
fn unsigned(label: &str, format: ListFormat) -> Voucher {
    match format {
        ListFormat::CertificateDer
        | ListFormat::PublicKeyDer
        | ListFormat::Pem
        | ListFormat::Jwk => Voucher::Caller,
        _ => Voucher::List(Box::new(ListInfo {
            label: label.into(),
            format,
            authenticated: false,
            fetched_at: None,
            claims: Claims::default(),
        })),
    }
}

impl fmt::Debug for TrustStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStoreBuilder")
            .field("limits", &self.limits)
            .field("keys", &self.keys.len())
            .field("total", &self.report.total)
            .finish_non_exhaustive()
    }
}
