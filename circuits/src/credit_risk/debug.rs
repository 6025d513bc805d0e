//! Debug output that never prints an amount.

use std::fmt;

use super::{Charge, ClassCharge, CreditAssessment, CreditRules, Detail, Secured, SecuredItem};

impl fmt::Debug for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Charge({:?}, exposure {})", self.shape, self.exposure)
    }
}

impl fmt::Debug for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "Plain",
            Self::Banded { .. } => "Banded",
            Self::Secured(_) => "Secured",
        })
    }
}

impl fmt::Debug for Secured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secured({} items)", self.items.len())
    }
}

impl fmt::Debug for SecuredItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecuredItem({})", self.item)
    }
}

impl fmt::Debug for ClassCharge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ClassCharge({}, {} exposures)",
            self.class, self.exposures
        )
    }
}

impl fmt::Debug for CreditAssessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreditAssessment({} charges)", self.charges.len())
    }
}

impl fmt::Debug for CreditRules<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreditRules({})", self.rulebook.name)
    }
}
