//! The check of a bundle: sorts the files by content, applies the rules of scm-pki, and traces each problem
//! back to its file.

mod found;
mod place;

use std::collections::{HashMap, HashSet};

use scm_pki::{
    ArrangeError, Arranged, Bundle, Certificate, Content, Field, Finding, FindingClass, Findings,
    KeyAlgorithm, KeyEncoding, LeftOver, Place, Policy, Repeat, VerifiedBundle, Verifier, Warning,
    arrange, pem,
};
use serde::Serialize;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::sources::Source;
use found::Found;

pub(crate) use found::Origin;

/// The content of the files, and the result of the check.
pub(crate) struct Judgement {
    /// The leaf and its issuers, in the order in which they would be sent.
    pub(crate) links: Vec<Link>,
    /// The private key.
    pub(crate) key: Option<Key>,
    /// All problems.
    pub(crate) problems: Vec<Problem>,
    /// Whether something could not be read, so that the rest is incomplete.
    pub(crate) unread: bool,
    /// Remarks that are not problems.
    pub(crate) notes: Vec<String>,
    /// Why TLS clients reject the bundle. The notes contain each of them.
    pub(crate) warnings: Vec<String>,
    /// The certificates that were left out because they are repeats.
    pub(crate) left_out: Vec<LeftOut>,
    /// The texts to send, if there are no problems.
    pub(crate) sound: Option<Sound>,
}

/// One certificate of the chain.
pub(crate) struct Link {
    pub(crate) place: Place,
    pub(crate) certificate: Certificate,
    pub(crate) origin: Option<Origin>,
}

/// What is known of the private key.
pub(crate) struct Key {
    pub(crate) kind: Option<(KeyAlgorithm, KeyEncoding)>,
    /// Its SubjectPublicKeyInfo.
    public: Option<Vec<u8>>,
    pub(crate) origin: Origin,
}

/// A certificate that was left out because it is a repeat.
#[derive(Debug, Serialize)]
pub(crate) struct LeftOut {
    /// The file.
    pub(crate) file: String,
    /// The line of its BEGIN line, counted from 1.
    pub(crate) line: usize,
    /// Its subject.
    pub(crate) subject: String,
}

/// One problem.
#[derive(Debug)]
pub(crate) struct Problem {
    /// The certificate or the key that it is about.
    pub(crate) place: Option<Place>,
    /// The file.
    pub(crate) origin: Option<Origin>,
    /// The problem and its remedy.
    pub(crate) sentence: String,
}

/// The three texts of an import, verified to belong together.
pub(crate) struct Sound {
    pub(crate) certificate: String,
    pub(crate) certificate_chain: String,
    pub(crate) private_key: Zeroizing<String>,
    /// The main name of the leaf.
    pub(crate) domain: String,
}

/// Checks the files by the rules of a server with this policy at the time `now`.
pub(crate) fn judge(sources: &[Source], policy: Policy, now: OffsetDateTime) -> Judgement {
    let Found { certificates, keys, others, unreadable } = Found::read(sources);
    let texts: Vec<_> = sources.iter().map(|source| source.text.as_str()).collect();
    let mut judgement = Judgement {
        links: Vec::new(),
        key: None,
        unread: !unreadable.is_empty(),
        problems: unreadable,
        notes: Vec::new(),
        warnings: Vec::new(),
        left_out: Vec::new(),
        sound: None,
    };
    let arranged = arrange(&texts);
    if let Err(error) = &arranged {
        judgement.cannot_arrange(error, &others);
    }
    let arranged = arranged.unwrap_or_else(|_| without_key(&certificates));
    judgement.links = links(&arranged, &certificates);
    judgement.key = key_of(judgement.links.first(), keys);
    judgement.note_repeats(sources, &arranged.repeats);
    judgement.leave_out(sources, &arranged.left_over);
    judgement.verify(arranged, policy, now);
    judgement
}

impl Judgement {
    /// Applies the rules to the arranged bundle.
    fn verify(&mut self, arranged: Arranged, policy: Policy, now: OffsetDateTime) {
        let Arranged { certificate, certificate_chain, private_key, .. } = arranged;
        let bundle = Bundle::read(&certificate, &certificate_chain, &private_key);
        match Verifier::new(policy).verify(bundle, now) {
            Ok(bundle) if self.problems.is_empty() => {
                self.notes.extend(no_chain(&bundle));
                self.warnings = bundle.warnings().iter().map(Warning::to_string).collect();
                let note = |warning: &Warning| self.note_of(warning);
                let notes: Vec<_> = bundle.warnings().iter().map(note).collect();
                self.notes.extend(notes);
                let domain = bundle.names().domain().to_owned();
                self.sound = Some(Sound { certificate, certificate_chain, private_key, domain });
            }
            Ok(_) => {}
            Err(findings) => self.add(&findings),
        }
    }

    /// Adds the findings. If something could not be read, only those that do not depend on it; if something
    /// is missing, none that repeats this.
    fn add(&mut self, findings: &Findings) {
        let missing = self.problems.iter().any(|problem| problem.origin.is_none());
        let counts = |finding: &&Finding| match finding {
            finding if self.unread => is_independent(finding),
            Finding::Empty { .. } => !missing,
            _ => true,
        };
        let problems: Vec<_> =
            findings.iter().filter(counts).map(|finding| self.problem_of(finding)).collect();
        self.problems.extend(problems);
    }

    /// Notes certificates that were left out because they are repeats.
    fn note_repeats(&mut self, sources: &[Source], repeats: &[Repeat]) {
        for Repeat { text, line, first_text, first_line, subject } in repeats {
            let (file, first) = (&sources[*text].name, &sources[*first_text].name);
            self.notes.push(format!(
                "{file}, line {line}: left out: repeats the certificate \"{subject}\" of {first}, \
                 line {first_line}"
            ));
            let (file, subject) = (file.clone(), subject.clone());
            self.left_out.push(LeftOut { file, line: *line, subject });
        }
    }

    /// Blocks that are not part of the bundle are harmless, except certificates beside a chain that does not
    /// reach its root: a certificate in between is missing.
    fn leave_out(&mut self, sources: &[Source], left_over: &[LeftOver]) {
        let top = self.links.last().map(|top| &top.certificate);
        let next = top.filter(|top| !self.unread && !top.is_self_issued()).map(Certificate::issuer);
        let by_file = left_over.chunk_by(|a, b| a.text == b.text && a.content == b.content);
        for left in by_file {
            let origin = Origin { file: sources[left[0].text].name.clone(), line: left[0].line };
            let what = description(left);
            match &next {
                Some(next) if left[0].content == Content::Certificate => self.problems.push(Problem {
                    place: None,
                    origin: Some(origin),
                    sentence: format!(
                        "{what} does not continue the chain, where \"{next}\" is next; add the missing \
                         certificate, or omit this one"
                    ),
                }),
                _ => {
                    let Origin { file, line } = origin;
                    self.notes.push(format!("{file}, line {line}: left out: {what} is not part of the bundle"));
                }
            }
        }
    }

    /// Damaged BEGIN and END lines are already reported with their file, and so is a file that is not PEM,
    /// which may be the part that is missing.
    fn cannot_arrange(&mut self, error: &ArrangeError, others: &[(String, Origin)]) {
        let reported =
            self.problems.iter().flat_map(|problem| &problem.origin).any(|origin| origin.line == 0);
        if !reported && !matches!(error, ArrangeError::Damaged { .. }) {
            let sentence = error.to_string();
            self.problems.push(Problem { place: None, origin: None, sentence });
        }
        let other = |(label, Origin { file, line }): &(String, Origin)| {
            format!("{file}, line {line}: {label} is neither a certificate nor a private key")
        };
        self.notes.extend(others.iter().map(other));
    }

    /// The warnings of a server that the notes do not contain.
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

    fn problem_of(&self, finding: &Finding) -> Problem {
        let place = place::of(finding);
        let link = self.links.iter().find(|link| Some(link.place) == place);
        let origin = match finding.field() {
            Field::PrivateKey => self.key.as_ref().map(|key| key.origin.clone()),
            _ => link.and_then(|link| link.origin.clone()),
        };
        Problem { place, origin, sentence: finding.to_string() }
    }
}

/// Whether a finding does not depend on parts that could not be read.
fn is_independent(finding: &Finding) -> bool {
    matches!(finding.class(), FindingClass::Expired | FindingClass::Weak)
        || matches!(finding, Finding::EncryptedKey { .. } | Finding::BadKey { .. })
}

/// The certificates of the arranged bundle, each with its file.
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

/// A description of the blocks of one file that are not part of the bundle.
fn description(left: &[LeftOver]) -> String {
    let first = match &left[0].subject {
        Some(subject) => format!("{} (\"{subject}\")", left[0].content),
        None => left[0].content.to_string(),
    };
    match left.len() - 1 {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The key of the leaf, or else the first key.
fn key_of(leaf: Option<&Link>, mut keys: Vec<Key>) -> Option<Key> {
    let public = leaf.map(|leaf| leaf.certificate.public_key());
    let at = keys.iter().position(|key| key.public.as_deref() == public).unwrap_or(0);
    (at < keys.len()).then(|| keys.swap_remove(at))
}

/// The certificates without a key, from one that issued none of the others upwards.
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

/// A note on a missing chain. Servers accept a leaf without it, but most TLS clients do not.
fn no_chain(bundle: &VerifiedBundle) -> Option<String> {
    let alone = bundle.chain().is_empty() && !bundle.leaf().is_self_issued();
    alone.then(|| {
        let issuer = bundle.leaf().issuer();
        format!("no chain: TLS clients need the certificate of \"{issuer}\"")
    })
}
