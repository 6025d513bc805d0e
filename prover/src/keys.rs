//! Signing keys: where they live, and what signs with them.
//!
//! A secret key is a file of its own, encrypted with a passphrase by age and readable by its owner
//! alone; or it lives behind a command, such as an HSM's, that is handed the bytes on its standard
//! input. Either way a signature is checked with the public key before anything is written.

mod command;
mod file;
mod passphrase;

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use plimsoll_circuits::book::Lei;
use plimsoll_circuits::envelope::{
    Envelope, EnvelopeError, KeyError, PublicKey, SIGNATURE_BYTES, Signature,
};
use plimsoll_verifier::files;
use zeroize::Zeroizing;

pub use command::Command;
pub use file::{read_public, read_secret, write_secret};
pub use passphrase::{Passphrase, ask, ask_twice, from_file};

/// What can be wrong with keys and signers.
#[derive(Debug, thiserror::Error)]
pub enum KeyFailure {
    /// A file that cannot be read or written.
    #[error("{file}: {error}")]
    Io {
        /// Which.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// Not a secret key file.
    #[error("{0}: this is not a secret key of Plimsoll")]
    NotSecret(String),
    /// Not a public key file.
    #[error("{file}: {error}")]
    NotPublic {
        /// Which.
        file: String,
        /// What is wrong.
        error: KeyError,
    },
    /// The passphrase does not open the file.
    #[error("{0}: the passphrase does not open it")]
    Passphrase(String),
    /// No passphrase, or two different ones.
    #[error("the passphrase is empty, or was not typed the same twice")]
    NoPassphrase,
    /// The name of an owner that no file can carry.
    #[error("a key's owner is an LEI or a name of 1 to 120 printable characters")]
    Owner,
    /// The key is another institution's.
    #[error("the key is that of {0}, and the statement is another institution's")]
    OtherInstitution(String),
    /// No randomness.
    #[error("the operating system gives no randomness: {0}")]
    Entropy(String),
    /// An external signer that cannot be run or says that it failed.
    #[error("the signer `{command}`: {what}")]
    Signer {
        /// The command.
        command: String,
        /// What went wrong.
        what: String,
    },
    /// A signature that is not that of the public key.
    #[error("the signature is not that of key {0}; nothing was written")]
    NotTheirs(String),
    /// The envelope takes no more signatures.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
}

impl KeyFailure {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Io { error, .. } if files::no_room(error) => files::unwritten(error),
            Self::Io { .. } => {
                "check the path and its permissions; a file that is there is not written over"
            }
            Self::NotSecret(_) => "name the file that `plimsoll keys new` wrote",
            Self::NotPublic { .. } => {
                "name the file with the line that `plimsoll keys public` prints"
            }
            Self::Passphrase(_) | Self::NoPassphrase => {
                "type it again, or name a file with it: --passphrase-file"
            }
            Self::Owner => "shorten it",
            Self::OtherInstitution(_) => "name the key of the institution whose statement this is",
            Self::Entropy(_) => return None,
            Self::Signer { .. } => {
                "it gets the bytes on standard input, and answers with 64 bytes, raw or as base64"
            }
            Self::NotTheirs(_) => {
                "name the public key of the key that the signer uses: --public FILE"
            }
            Self::Envelope(_) => "an envelope carries sixteen signatures",
        })
    }
}

/// A public key and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The key.
    pub key: PublicKey,
    /// Its owner: an LEI, or a name.
    pub owner: String,
}

impl fmt::Display for Owned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.owner)
    }
}

/// Checks the name of an owner.
///
/// # Errors
/// [`KeyFailure::Owner`].
pub fn owner(text: &str) -> Result<String, KeyFailure> {
    let text = text.trim();
    let good = (1..=120).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    good.then(|| text.to_owned()).ok_or(KeyFailure::Owner)
}

/// A secret key. Wiped from memory when it is dropped; its `Debug` shows the public key.
pub struct SecretKey {
    key: SigningKey,
    public: Owned,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public.key.id())
    }
}

impl SecretKey {
    /// A new one, from the operating system's randomness.
    ///
    /// # Errors
    /// No randomness; an owner that no file can carry.
    pub fn generate(owner: &str) -> Result<SecretKey, KeyFailure> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(|error| KeyFailure::Entropy(error.to_string()))?;
        SecretKey::from_seed(&seed, owner)
    }

    /// From its 32 secret bytes.
    ///
    /// # Errors
    /// An owner that no file can carry.
    pub fn from_seed(seed: &[u8; 32], owner: &str) -> Result<SecretKey, KeyFailure> {
        let key = SigningKey::from_bytes(seed);
        let public = PublicKey::from_bytes(key.verifying_key().as_bytes());
        let public = public.map_err(|error| KeyFailure::NotPublic {
            file: "the new key".to_owned(),
            error,
        })?;
        let owner = self::owner(owner)?;
        Ok(SecretKey {
            key,
            public: Owned { key: public, owner },
        })
    }

    /// Its public half.
    pub fn public(&self) -> &Owned {
        &self.public
    }

    fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes())
    }
}

/// What signs.
#[derive(Debug)]
pub enum Signer {
    /// A key in this process.
    Key(Box<SecretKey>),
    /// A command.
    Command(Box<Command>),
}

impl Signer {
    /// The public key that its signatures are checked with.
    pub fn public(&self) -> &Owned {
        match self {
            Signer::Key(key) => &key.public,
            Signer::Command(command) => &command.public,
        }
    }

    /// Refuses to sign another institution's statement with a key that says whose it is.
    ///
    /// # Errors
    /// [`KeyFailure::OtherInstitution`].
    pub fn may_sign_for(&self, lei: Lei) -> Result<(), KeyFailure> {
        match Lei::parse(&self.public().owner) {
            Ok(owner) if owner != lei => Err(KeyFailure::OtherInstitution(owner.to_string())),
            _ => Ok(()),
        }
    }

    /// Adds its signature to an envelope, once it is checked.
    ///
    /// # Errors
    /// A signer that fails, or signs with another key than it says; an envelope that is full.
    pub fn sign(&self, envelope: &mut Envelope) -> Result<(), KeyFailure> {
        let bytes = envelope.signed_bytes();
        let signature: [u8; SIGNATURE_BYTES] = match self {
            Signer::Key(key) => key.key.sign(&bytes).to_bytes(),
            Signer::Command(command) => command.sign(&bytes)?,
        };
        let public = &self.public().key;
        if !public.verifies(&bytes, &signature) {
            return Err(KeyFailure::NotTheirs(public.id().to_string()));
        }
        Ok(envelope.add(Signature {
            key: public.id(),
            bytes: signature,
        })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_52_debug_of_a_secret_shows_none_of_it() {
        let key = SecretKey::from_seed(&[0xa7; 32], "nobody").expect("a key");
        let id = key.public().key.id();
        assert_eq!(format!("{key:?}"), format!("SecretKey({id})"));
        let signer = format!("{:?}", Signer::Key(Box::new(key)));
        for secret in ["a7a7", "167, 167", "p6en"] {
            assert!(!signer.to_lowercase().contains(secret), "{signer}");
        }
    }

    #[test]
    fn owners() {
        for wrong in ["", " ", "a\nb", &"x".repeat(121)] {
            assert!(matches!(owner(wrong), Err(KeyFailure::Owner)), "{wrong:?}");
        }
        assert_eq!(owner(" U.S. Bancorp ").expect("a name"), "U.S. Bancorp");
    }
}
