//! Where the public cloud answers.

/// A region of Huawei Cloud that has an SCM endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Region {
    /// `cn-north-4`: the sites in China.
    CnNorth4,
    /// `ap-southeast-1`: the international site.
    ApSoutheast1,
    /// `my-kualalumpur-1`, which has few of the operations.
    MyKualalumpur1,
}

impl Region {
    /// Its name, which is also that of a project there.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CnNorth4 => "cn-north-4",
            Self::ApSoutheast1 => "ap-southeast-1",
            Self::MyKualalumpur1 => "my-kualalumpur-1",
        }
    }

    /// Where its SCM answers.
    pub fn scm_url(self) -> String {
        self.url("scm")
    }

    /// Where its identity service answers, which gives tokens.
    pub fn identity_url(self) -> String {
        self.url("iam")
    }

    fn url(self, service: &str) -> String {
        format!("https://{service}.{}.myhuaweicloud.com", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_two_addresses() {
        assert_eq!(Region::CnNorth4.scm_url(), "https://scm.cn-north-4.myhuaweicloud.com");
        let identity = Region::ApSoutheast1.identity_url();
        assert_eq!(identity, "https://iam.ap-southeast-1.myhuaweicloud.com");
    }
}
