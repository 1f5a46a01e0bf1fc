//! What a host asks a controller: parameters and units.

use super::{Vst3Host, done, wide};
use anyhow::{Context, Result};
use std::mem::zeroed;
use vst3::{
    ComPtr,
    Steinberg::{Vst::*, *},
};

/// A parameter as the host lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    pub id: ParamID,
    pub title: String,
    pub units: String,
    pub steps: i32,
    pub default: f64,
    pub unit: UnitID,
    pub flags: i32,
}

/// A unit: a group of parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitID,
    pub parent: UnitID,
    pub name: String,
    pub programs: ProgramListID,
}

// SAFETY of all below: no pointers, or places to write to that live through the call; zeroes are valid
// for the plain structs that are filled.
impl Vst3Host {
    /// # Errors
    /// A parameter is counted and then not told.
    pub fn parameters(&self) -> Result<Vec<Parameter>> {
        // SAFETY: see above.
        let count = unsafe { self.controller.getParameterCount() };
        let told = |index| {
            // SAFETY: see above.
            let (answer, info) = unsafe {
                let mut info: ParameterInfo = zeroed();
                (self.controller.getParameterInfo(index, &mut info), info)
            };
            done("getParameterInfo", answer)?;
            Ok(Parameter {
                id: info.id,
                title: wide(&info.title),
                units: wide(&info.units),
                steps: info.stepCount,
                default: info.defaultNormalizedValue,
                unit: info.unitId,
                flags: info.flags,
            })
        };
        (0..count).map(told).collect()
    }

    pub fn value(&self, id: ParamID) -> f64 {
        // SAFETY: see above.
        unsafe { self.controller.getParamNormalized(id) }
    }

    /// As the host's own knob does, besides the blocks.
    pub fn set_value(&self, id: ParamID, normalized: f64) {
        // SAFETY: see above.
        unsafe { self.controller.setParamNormalized(id, normalized) };
    }

    /// Normalized to plain and back.
    pub fn there_and_back(&self, id: ParamID, normalized: f64) -> f64 {
        // SAFETY: see above.
        unsafe {
            let plain = self.controller.normalizedParamToPlain(id, normalized);
            self.controller.plainParamToNormalized(id, plain)
        }
    }

    pub fn text_of(&self, id: ParamID, normalized: f64) -> Option<String> {
        let mut shown: String128 = [0; 128];
        // SAFETY: see above.
        let answer = unsafe {
            self.controller
                .getParamStringByValue(id, normalized, &mut shown)
        };
        (answer == kResultOk).then(|| wide(&shown))
    }

    pub fn value_of(&self, id: ParamID, text: &str) -> Option<f64> {
        let mut given: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut value = 0.0;
        // SAFETY: see above; the text ends in a zero.
        let answer = unsafe {
            self.controller
                .getParamValueByString(id, given.as_mut_ptr(), &mut value)
        };
        (answer == kResultOk).then_some(value)
    }

    /// # Errors
    /// No units, or one is counted and then not told.
    pub fn units(&self) -> Result<(Vec<Unit>, i32)> {
        let units: ComPtr<IUnitInfo> = self.component.cast().context("no units")?;
        // SAFETY: see above.
        let told = |index| unsafe {
            let mut info: UnitInfo = zeroed();
            done("getUnitInfo", units.getUnitInfo(index, &mut info))?;
            anyhow::Ok(Unit {
                id: info.id,
                parent: info.parentUnitId,
                name: wide(&info.name),
                programs: info.programListId,
            })
        };
        // SAFETY: see above.
        let (count, lists) = unsafe { (units.getUnitCount(), units.getProgramListCount()) };
        Ok(((0..count).map(told).collect::<Result<_>>()?, lists))
    }
}
