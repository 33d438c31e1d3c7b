//! The regions of the public cloud and their URLs.

/// A region of Huawei Cloud that has an SCM endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Region {
    /// `cn-north-4`: the sites in China.
    CnNorth4,
    /// `ap-southeast-1`: the international site.
    ApSoutheast1,
    /// `my-kualalumpur-1`, which has only some of the operations.
    MyKualalumpur1,
}

impl Region {
    /// The name, which is also the name of a project in the region.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CnNorth4 => "cn-north-4",
            Self::ApSoutheast1 => "ap-southeast-1",
            Self::MyKualalumpur1 => "my-kualalumpur-1",
        }
    }

    /// The URL of its SCM.
    pub fn scm_url(self) -> String {
        self.url("scm")
    }

    /// The URL of its identity service, which issues tokens.
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
    fn a_region_has_two_urls() {
        assert_eq!(Region::CnNorth4.scm_url(), "https://scm.cn-north-4.myhuaweicloud.com");
        let identity = Region::ApSoutheast1.identity_url();
        assert_eq!(identity, "https://iam.ap-southeast-1.myhuaweicloud.com");
    }
}
