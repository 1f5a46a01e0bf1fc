//! What the module tells of its classes.

use super::{Vst3Library, done, text, wide};
use anyhow::{Context, Result, ensure};
use std::mem::zeroed;
use vst3::{ComPtr, Steinberg::*};

/// A class of the module, from all three generations of telling it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassTold {
    pub id: Vec<u8>,
    pub name: String,
    pub category: String,
    pub subcategories: String,
    pub vendor: String,
    pub version: String,
}

impl Vst3Library {
    /// The vendor that the factory names.
    pub fn vendor(&self) -> String {
        // SAFETY: the factory fills the struct it is given; zeroes are valid for this plain one.
        unsafe {
            let mut info: PFactoryInfo = zeroed();
            self.factory().getFactoryInfo(&mut info);
            text(&info.vendor)
        }
    }

    /// # Errors
    /// The factory is of the first generation, or its generations contradict each other.
    pub fn classes_told(&self) -> Result<Vec<ClassTold>> {
        let factory: ComPtr<IPluginFactory3> = self.factory().cast().context("an old factory")?;
        let mut told = Vec::new();
        // SAFETY: as in `vendor`.
        unsafe {
            for index in 0..factory.countClasses() {
                let mut first: PClassInfo = zeroed();
                let mut second: PClassInfo2 = zeroed();
                let mut third: PClassInfoW = zeroed();
                done("getClassInfo", factory.getClassInfo(index, &mut first))?;
                done("getClassInfo2", factory.getClassInfo2(index, &mut second))?;
                let answer = factory.getClassInfoUnicode(index, &mut third);
                done("getClassInfoUnicode", answer)?;
                ensure!(first.cid == second.cid && second.cid == third.cid, "ids");
                let names = [text(&first.name), text(&second.name), wide(&third.name)];
                ensure!(names[0] == names[1] && names[1] == names[2], "{names:?}");
                ensure!(text(&second.version) == wide(&third.version), "versions");
                told.push(ClassTold {
                    id: first.cid.iter().map(|c| *c as u8).collect(),
                    name: text(&first.name),
                    category: text(&first.category),
                    subcategories: text(&second.subCategories),
                    vendor: text(&second.vendor),
                    version: text(&second.version),
                });
            }
            let mut beyond: PClassInfo = zeroed();
            let answer = factory.getClassInfo(factory.countClasses(), &mut beyond);
            ensure!(answer != kResultOk, "a class behind the last");
        }
        Ok(told)
    }
}
