//! A bundle judged: the files sorted by content, the rules of scm-pki applied, and everything that
//! is wrong traced back to the file that it came from.

mod found;
mod place;

use scm_pki::{
    ArrangeError, Arranged, Bundle, Certificate, Content, Field, Finding, FindingClass, Findings,
    KeyAlgorithm, KeyEncoding, LeftOver, Place, Policy, VerifiedBundle, Verifier, arrange, pem,
};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::sources::Source;
use found::Found;

pub(crate) use found::Origin;

/// What the files hold, and the verdict.
pub(crate) struct Judgement {
    /// The leaf and its issuers, in the order in which they would be sent.
    pub(crate) links: Vec<Link>,
    /// The private key.
    pub(crate) key: Option<Key>,
    /// Everything that is wrong.
    pub(crate) wrong: Vec<Wrong>,
    /// Whether something could not be read, so that the rest is not the whole.
    pub(crate) unread: bool,
    /// What a person should know, although nothing is wrong.
    pub(crate) notes: Vec<String>,
    /// What to send, if nothing is wrong.
    pub(crate) sound: Option<Sound>,
}

/// One certificate of the chain.
pub(crate) struct Link {
    pub(crate) place: Place,
    pub(crate) certificate: Certificate,
    pub(crate) origin: Option<Origin>,
}

/// What can be told of the private key.
pub(crate) struct Key {
    pub(crate) kind: Option<(KeyAlgorithm, KeyEncoding)>,
    /// Its SubjectPublicKeyInfo.
    public: Option<Vec<u8>>,
    pub(crate) origin: Origin,
}

/// One thing that is wrong.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// The certificate, or the key.
    pub(crate) place: Option<Place>,
    /// The file.
    pub(crate) origin: Option<Origin>,
    /// What is wrong, and what to do about it.
    pub(crate) sentence: String,
}

/// The three texts of an import, proved to belong together.
pub(crate) struct Sound {
    pub(crate) certificate: String,
    pub(crate) certificate_chain: String,
    pub(crate) private_key: Zeroizing<String>,
    /// The main name of the leaf.
    pub(crate) domain: String,
}

/// Judges the files as a server with this policy would at the time `now`.
pub(crate) fn judge(sources: &[Source], policy: Policy, now: OffsetDateTime) -> Judgement {
    let Found { certificates, keys, others, unreadable } = Found::read(sources);
    let texts: Vec<_> = sources.iter().map(|source| source.text.as_str()).collect();
    let mut judgement = Judgement {
        links: Vec::new(),
        key: None,
        unread: !unreadable.is_empty(),
        wrong: unreadable,
        notes: Vec::new(),
        sound: None,
    };
    let arranged = arrange(&texts);
    if let Err(error) = &arranged {
        judgement.cannot_arrange(error, &others);
    }
    let arranged = arranged.unwrap_or_else(|_| without_key(&certificates));
    judgement.links = links(Field::Certificate, &arranged.certificate, &certificates);
    let chain = links(Field::CertificateChain, &arranged.certificate_chain, &certificates);
    judgement.links.extend(chain);
    judgement.key = key_of(judgement.links.first(), keys);
    for left in &arranged.left_over {
        judgement.leave_out(&sources[left.text].name, left);
    }
    judgement.settle(arranged, policy, now);
    judgement
}

impl Judgement {
    /// Applies the rules to what was arranged.
    fn settle(&mut self, arranged: Arranged, policy: Policy, now: OffsetDateTime) {
        let Arranged { certificate, certificate_chain, private_key, .. } = arranged;
        let bundle = Bundle::read(&certificate, &certificate_chain, &private_key);
        match Verifier::new(policy).verify(bundle, now) {
            Ok(bundle) if self.wrong.is_empty() => {
                self.notes.extend(no_chain(&bundle));
                let domain = bundle.names().domain().to_owned();
                self.sound = Some(Sound { certificate, certificate_chain, private_key, domain });
            }
            Ok(_) => {}
            Err(findings) => self.tell(&findings),
        }
    }

    /// Adds the findings: where something could not be read, only those that do not hang on it, and
    /// where something is missing, none that only says so again.
    fn tell(&mut self, findings: &Findings) {
        let missing = self.wrong.iter().any(|wrong| wrong.origin.is_none());
        let counts = |finding: &&Finding| match finding {
            finding if self.unread => stands_alone(finding),
            Finding::Empty { .. } => !missing,
            _ => true,
        };
        let told: Vec<_> =
            findings.iter().filter(counts).map(|finding| self.wrong_by(finding)).collect();
        self.wrong.extend(told);
    }

    /// What has no place is no harm, but for a certificate beside a chain that does not reach its
    /// root: there, one is missing between.
    fn leave_out(&mut self, file: &str, left: &LeftOver) {
        let top = self.links.last().map(|top| &top.certificate);
        let open = top.filter(|top| left.content == Content::Certificate && !top.is_self_issued());
        let what = match &left.subject {
            Some(subject) => format!("{} (\"{subject}\")", left.content),
            None => left.content.to_string(),
        };
        match open {
            Some(top) if !self.unread => self.wrong.push(Wrong {
                place: None,
                origin: Some(Origin { file: file.to_owned(), line: left.line }),
                sentence: format!(
                    "{what} that does not continue the chain, where \"{}\" is next; add that \
                     one, or leave this out",
                    top.issuer()
                ),
            }),
            _ => {
                self.notes.push(format!("{file}, line {}: {what}: not needed, left out", left.line))
            }
        }
    }

    /// Damaged marks are told with their file already, and so is a file that is no PEM at all,
    /// which may be the very thing that is missing.
    fn cannot_arrange(&mut self, error: &ArrangeError, others: &[(String, Origin)]) {
        let told = self.wrong.iter().flat_map(|wrong| &wrong.origin).any(|origin| origin.line == 0);
        if !told && !matches!(error, ArrangeError::Damaged { .. }) {
            let sentence = error.to_string();
            self.wrong.push(Wrong { place: None, origin: None, sentence });
        }
        let other = |(label, Origin { file, line }): &(String, Origin)| {
            format!("{file}, line {line}: a {label}, which is neither certificate nor private key")
        };
        self.notes.extend(others.iter().map(other));
    }

    fn wrong_by(&self, finding: &Finding) -> Wrong {
        let place = place::of(finding);
        let link = self.links.iter().find(|link| Some(link.place) == place);
        let origin = match finding.field() {
            Field::PrivateKey => self.key.as_ref().map(|key| key.origin.clone()),
            _ => link.and_then(|link| link.origin.clone()),
        };
        Wrong { place, origin, sentence: finding.to_string() }
    }
}

/// Whether a finding is true whatever else could not be read.
fn stands_alone(finding: &Finding) -> bool {
    matches!(finding.class(), FindingClass::Expired | FindingClass::Weak)
        || matches!(finding, Finding::EncryptedKey { .. } | Finding::BadKey { .. })
}

/// The certificates of a field, each with the file that it came from.
fn links(field: Field, text: &str, given: &[(Certificate, Origin)]) -> Vec<Link> {
    let blocks = pem::scan(text).enumerate().filter_map(|(index, block)| {
        let certificate = Certificate::from_der(block.ok()?.decode().ok()?).ok()?;
        let origin = given.iter().find(|(known, _)| *known == certificate);
        let origin = origin.map(|(_, origin)| origin.clone());
        Some(Link { place: Place::new(field, index + 1), certificate, origin })
    });
    blocks.collect()
}

/// The key of the leaf, else the first.
fn key_of(leaf: Option<&Link>, mut keys: Vec<Key>) -> Option<Key> {
    let public = leaf.map(|leaf| leaf.certificate.public_key());
    let at = keys.iter().position(|key| key.public.as_deref() == public).unwrap_or(0);
    (at < keys.len()).then(|| keys.swap_remove(at))
}

/// The certificates by themselves, from the one that issued none of the others upwards.
fn without_key(given: &[(Certificate, Origin)]) -> Arranged {
    let mut rest: Vec<_> = given.iter().map(|(certificate, _)| certificate).collect();
    let issued = |issuer: &Certificate| {
        given.iter().any(|(other, _)| other != issuer && other.issuer() == issuer.subject())
    };
    let mut next = rest.iter().position(|certificate| !issued(certificate)).or(Some(0));
    let mut sorted = Vec::new();
    while let Some(at) = next.filter(|_| !rest.is_empty()) {
        let certificate = rest.remove(at);
        sorted.push(certificate.to_pem());
        next = rest.iter().position(|issuer| issuer.subject() == certificate.issuer());
    }
    sorted.extend(rest.into_iter().map(Certificate::to_pem));
    let mut sorted = sorted.into_iter();
    Arranged {
        certificate: sorted.next().unwrap_or_default(),
        certificate_chain: sorted.collect(),
        private_key: Zeroizing::default(),
        left_over: Vec::new(),
    }
}

/// A server takes a leaf by itself, but those who connect to its host mostly do not.
fn no_chain(bundle: &VerifiedBundle) -> Option<String> {
    let alone = bundle.chain().is_empty() && !bundle.leaf().is_self_issued();
    alone.then(|| {
        let issuer = bundle.leaf().issuer();
        format!("no chain was given: clients will miss the certificate of \"{issuer}\"")
    })
}
