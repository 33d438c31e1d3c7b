//! What `openssl` makes: a root, an intermediate, and leaves of all kinds.

use std::fs;

use scm_tests::Folder;

use super::tool;

/// A folder in which `openssl` works, with a root and an intermediate.
pub(super) struct Workshop(Folder);

/// A leaf and its key, as PEM.
pub(super) struct Leaf {
    pub(super) certificate: String,
    pub(super) key: String,
}

const EXTENSIONS: &str = "\
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[leaf]
basicConstraints = CA:FALSE
subjectAltName = DNS:www.example.com, IP:192.0.2.7
";

impl Workshop {
    pub(super) fn new() -> Self {
        let workshop = Self(Folder::new());
        fs::write(workshop.0.file("ext.cnf"), EXTENSIONS).unwrap();
        let key = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
        for name in ["root", "ca"] {
            workshop.key_and_request(name, &key);
        }
        workshop.openssl("x509 -req -in root.csr -signkey root.key -days 30 -extfile ext.cnf -extensions ca -out root.pem");
        workshop.sign("ca", "root", "ca");
        workshop
    }

    /// A key of the kind that the options of `genpkey` say, and its certificate.
    pub(super) fn leaf(&self, name: &str, options: &[&str]) -> Leaf {
        self.key_and_request(name, options);
        self.sign(name, "ca", "leaf");
        Leaf { certificate: self.read(name, "pem"), key: self.read(name, "key") }
    }

    /// A leaf on P-256 whose certificate spells its public key as a compressed point.
    pub(super) fn leaf_with_compressed_point(&self) -> Leaf {
        let name = "compressed";
        self.openssl("ecparam -name prime256v1 -genkey -noout -out plain.key");
        self.openssl(&format!("ec -in plain.key -conv_form compressed -out {name}.key"));
        self.request_for(name);
        self.sign(name, "ca", "leaf");
        Leaf { certificate: self.read(name, "pem"), key: self.read(name, "key") }
    }

    /// The intermediate and the root.
    pub(super) fn chain(&self) -> String {
        self.read("ca", "pem") + &self.read("root", "pem")
    }

    /// The request of a leaf.
    pub(super) fn request(&self, name: &str) -> String {
        self.read(name, "csr")
    }

    /// A key in the form that was usual before PKCS#8: PKCS#1 or SEC1.
    pub(super) fn traditional(&self, name: &str, command: &str) -> String {
        let traditional = if command == "rsa" { " -traditional" } else { "" };
        self.openssl(&format!("{command} -in {name}.key{traditional} -out {name}.old"));
        self.read(name, "old")
    }

    /// The block that `openssl ecparam -genkey` writes before a key.
    pub(super) fn parameters(&self, curve: &str) -> String {
        self.openssl(&format!("ecparam -name {curve} -out {curve}.params"));
        self.read(curve, "params")
    }

    /// A key under a password, in both forms.
    pub(super) fn under_password(&self, name: &str) -> [String; 2] {
        let password = "-passout pass:secret";
        self.openssl(&format!("pkcs8 -topk8 -in {name}.key {password} -out {name}.new"));
        self.openssl(&format!(
            "rsa -aes128 -traditional -in {name}.key {password} -out {name}.old"
        ));
        let texts = [self.read(name, "new"), self.read(name, "old")];
        assert!(texts[1].contains("Proc-Type: 4,ENCRYPTED"), "{}", texts[1]);
        texts
    }

    /// Leaf, chain and key as `openssl pkcs12` gives them back, with attributes before each.
    pub(super) fn out_of_pkcs12(&self, name: &str) -> [String; 3] {
        fs::write(self.0.file("chain.pem"), self.chain()).unwrap();
        let (passwords, plain) = ("-passout pass:secret", "-passin pass:secret -nodes");
        self.openssl(&format!(
            "pkcs12 -export -in {name}.pem -inkey {name}.key -certfile chain.pem {passwords} -out {name}.p12"
        ));
        let parts = [("-clcerts -nokeys", "l"), ("-cacerts -nokeys", "c"), ("-nocerts", "k")];
        parts.map(|(part, end)| {
            self.openssl(&format!("pkcs12 -in {name}.p12 {plain} {part} -out {name}.{end}"));
            let text = self.read(name, end);
            assert!(text.contains("Bag Attributes") || end == "c", "{text}");
            text
        })
    }

    fn key_and_request(&self, name: &str, options: &[&str]) {
        let options = options.join(" ");
        self.openssl(&format!("genpkey {options} -out {name}.key"));
        self.request_for(name);
    }

    fn request_for(&self, name: &str) {
        self.openssl(&format!(
            "req -new -key {name}.key -subj /O=Example/CN={name}.example.com -out {name}.csr"
        ));
    }

    fn sign(&self, name: &str, issuer: &str, extensions: &str) {
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial -days 30 \
             -extfile ext.cnf -extensions {extensions} -out {name}.pem"
        ));
    }

    fn openssl(&self, line: &str) {
        let arguments: Vec<_> = line.split_whitespace().collect();
        tool(self.0.path(), "openssl", &arguments);
    }

    fn read(&self, name: &str, end: &str) -> String {
        fs::read_to_string(self.0.file(&format!("{name}.{end}"))).unwrap()
    }
}
