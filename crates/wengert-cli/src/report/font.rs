//! The face that PNG figures are lettered in; SVG figures name a generic one and leave the choice to the viewer.

use plotters::style::{FontStyle, register_font};
use std::sync::Once;

static ROBOTO: &[u8] = include_bytes!("../../assets/roboto/Roboto-Regular-latin.ttf");

/// The family under which it is known to plotters.
pub const FAMILY: &str = "sans-serif";

/// Makes the face known; any number of times.
pub fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // It is part of the program, so it cannot be malformed; without it a figure would lack its letters, which the tests see.
        let registered = register_font(FAMILY, FontStyle::Normal, ROBOTO);
        debug_assert!(registered.is_ok(), "the built-in font is readable");
    });
}
