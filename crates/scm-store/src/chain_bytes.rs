//! A chain as it is kept in every home.

/// Each certificate behind its length in 4 bytes, big endian.
pub(crate) fn write(chain: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(chain.iter().map(|der| 4 + der.len()).sum());
    for der in chain {
        let length = u32::try_from(der.len()).expect("a certificate is far shorter than 4 GiB");
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(der);
    }
    bytes
}

/// The certificates again, if that is what the bytes are.
pub(crate) fn read(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut chain = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (der, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        chain.push(der.to_vec());
        bytes = rest;
    }
    bytes.is_empty().then_some(chain)
}
