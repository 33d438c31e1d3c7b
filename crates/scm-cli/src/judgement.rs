//! A bundle judged: the files sorted by content, the rules of scm-pki applied, and everything that
//! is wrong traced back to the file that it came from.

mod found;
mod place;

use std::collections::{HashMap, HashSet};

use scm_pki::{
    ArrangeError, Arranged, Bundle, Certificate, Content, Field, Finding, FindingClass, Findings,
    KeyAlgorithm, KeyEncoding, LeftOver, Place, Policy, VerifiedBundle, Verifier, Warning, arrange,
    pem,
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
    /// Why TLS clients would reject the bundle; a note about each is among the notes.
    warnings: Vec<String>,
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
        warnings: Vec::new(),
        sound: None,
    };
    let arranged = arrange(&texts);
    if let Err(error) = &arranged {
        judgement.cannot_arrange(error, &others);
    }
    let arranged = arranged.unwrap_or_else(|_| without_key(&certificates));
    judgement.links = links(&arranged, &certificates);
    judgement.key = key_of(judgement.links.first(), keys);
    judgement.leave_out(sources, &arranged.left_over);
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
                self.warnings = bundle.warnings().iter().map(Warning::to_string).collect();
                let note = |warning: &Warning| self.note_of(warning);
                let notes: Vec<_> = bundle.warnings().iter().map(note).collect();
                self.notes.extend(notes);
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

    /// What has no place is no harm, but for certificates beside a chain that does not reach its
    /// root: there, one is missing between.
    fn leave_out(&mut self, sources: &[Source], left_over: &[LeftOver]) {
        let top = self.links.last().map(|top| &top.certificate);
        let next = top.filter(|top| !self.unread && !top.is_self_issued()).map(Certificate::issuer);
        let by_file = left_over.chunk_by(|a, b| a.text == b.text && a.content == b.content);
        for left in by_file {
            let origin = Origin { file: sources[left[0].text].name.clone(), line: left[0].line };
            let what = called(left);
            match &next {
                Some(next) if left[0].content == Content::Certificate => self.wrong.push(Wrong {
                    place: None,
                    origin: Some(origin),
                    sentence: format!(
                        "{what} not continuing the chain, where \"{next}\" is next; add that one, \
                         or leave this out"
                    ),
                }),
                _ => {
                    let Origin { file, line } = origin;
                    self.notes.push(format!("{file}, line {line}: {what}: not needed, left out"));
                }
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

    /// The warnings of a server that are not among the notes.
    pub(crate) fn new_warnings<'a>(&self, of_server: &'a [String]) -> Vec<&'a String> {
        let is_new = |warning: &&String| {
            !self.warnings.iter().any(|known| known == warning.trim_end_matches('.'))
        };
        of_server.iter().filter(is_new).collect()
    }

    fn note_of(&self, warning: &Warning) -> String {
        let link = self.links.iter().find(|link| link.place == warning.place());
        match link.and_then(|link| link.origin.as_ref()) {
            Some(Origin { file, line }) => format!("{file}, line {line}: {warning}"),
            None => warning.to_string(),
        }
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

/// What was arranged, each certificate with the file that it came from.
fn links(arranged: &Arranged, given: &[(Certificate, Origin)]) -> Vec<Link> {
    let origins: HashMap<_, _> =
        given.iter().rev().map(|(certificate, origin)| (certificate.der(), origin)).collect();
    let of_field = |(field, text)| {
        let origins = &origins;
        pem::scan(text).enumerate().filter_map(move |(index, block)| {
            let certificate = Certificate::from_der(block.ok()?.decode().ok()?).ok()?;
            let origin = origins.get(certificate.der()).map(|&origin| origin.clone());
            Some(Link { place: Place::new(field, index + 1), certificate, origin })
        })
    };
    let leaf = (Field::Certificate, arranged.certificate.as_str());
    let chain = (Field::CertificateChain, arranged.certificate_chain.as_str());
    [leaf, chain].into_iter().flat_map(of_field).collect()
}

/// Things that are left over of one file, by the first of them.
fn called(left: &[LeftOver]) -> String {
    let first = match &left[0].subject {
        Some(subject) => format!("{} (\"{subject}\")", left[0].content),
        None => left[0].content.to_string(),
    };
    match left.len() - 1 {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The key of the leaf, else the first.
fn key_of(leaf: Option<&Link>, mut keys: Vec<Key>) -> Option<Key> {
    let public = leaf.map(|leaf| leaf.certificate.public_key());
    let at = keys.iter().position(|key| key.public.as_deref() == public).unwrap_or(0);
    (at < keys.len()).then(|| keys.swap_remove(at))
}

/// The certificates by themselves, from one that issued none of the others upwards.
fn without_key(given: &[(Certificate, Origin)]) -> Arranged {
    let names: Vec<_> = given.iter().map(|(found, _)| (found.subject(), found.issuer())).collect();
    let issuers: HashSet<_> =
        names.iter().filter(|(subject, issuer)| subject != issuer).map(|(_, i)| i).collect();
    let mut by_subject: HashMap<_, _> =
        names.iter().enumerate().rev().map(|(at, (subject, _))| (subject, at)).collect();
    let mut next = names.iter().position(|(subject, _)| !issuers.contains(subject)).or(Some(0));
    let mut path = Vec::new();
    while let Some(at) = next.filter(|&at| at < names.len()) {
        let (subject, issuer) = &names[at];
        by_subject.remove(subject);
        path.push(given[at].0.to_pem());
        next = by_subject.get(issuer).copied();
    }
    let mut path = path.into_iter();
    Arranged {
        certificate: path.next().unwrap_or_default(),
        certificate_chain: path.collect(),
        private_key: Zeroizing::default(),
        left_over: Vec::new(),
        repeats: Vec::new(),
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
