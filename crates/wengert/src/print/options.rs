//! How tensors are printed: PyTorch's `torch.set_printoptions`.

use parking_lot::RwLock;

/// The choices that printing leaves open. Names and defaults are PyTorch's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PrintOptions {
    /// Digits after the decimal point.
    pub precision: usize,
    /// Tensors with more elements than this are shown by their edges.
    pub threshold: usize,
    /// How many elements an edge has, at either end of a dimension.
    pub edgeitems: usize,
    /// Columns in which lines should fit.
    pub linewidth: usize,
    /// Scientific notation always, never, or (`None`) as the numbers suggest.
    pub sci_mode: Option<bool>,
}

impl PrintOptions {
    /// What holds unless somebody says otherwise.
    pub const DEFAULT: PrintOptions =
        PrintOptions { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sci_mode: None };

    /// The options after a change, with PyTorch's meaning: the profile comes first, what is named then wins over it,
    /// what is not named stays, except the scientific mode: it becomes automatic whenever it is not named.
    #[must_use]
    pub fn changed(self, change: &PrintChange) -> PrintOptions {
        let base = change.profile.map_or(self, Profile::options);
        PrintOptions {
            precision: change.precision.unwrap_or(base.precision),
            threshold: change.threshold.unwrap_or(base.threshold),
            edgeitems: change.edgeitems.unwrap_or(base.edgeitems),
            linewidth: change.linewidth.unwrap_or(base.linewidth),
            sci_mode: change.sci_mode,
        }
    }
}

impl Default for PrintOptions {
    fn default() -> Self {
        PrintOptions::DEFAULT
    }
}

/// A call of `torch.set_printoptions`: what it names is `Some`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PrintChange {
    /// A set of options to start from.
    pub profile: Option<Profile>,
    /// See [`PrintOptions::precision`].
    pub precision: Option<usize>,
    /// See [`PrintOptions::threshold`]; infinity is `usize::MAX`.
    pub threshold: Option<usize>,
    /// See [`PrintOptions::edgeitems`].
    pub edgeitems: Option<usize>,
    /// See [`PrintOptions::linewidth`].
    pub linewidth: Option<usize>,
    /// See [`PrintOptions::sci_mode`]; `None` makes it automatic.
    pub sci_mode: Option<bool>,
}

/// A named set of print options.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// Four digits, edges of three above a thousand elements.
    Default,
    /// Two digits, edges of two.
    Short,
    /// Every element, however many there are.
    Full,
}

impl Profile {
    /// The profile that PyTorch calls `name`: `default`, `short` or `full`.
    pub fn named(name: &str) -> Option<Profile> {
        match name {
            "default" => Some(Profile::Default),
            "short" => Some(Profile::Short),
            "full" => Some(Profile::Full),
            _ => None,
        }
    }

    /// The options that it stands for.
    pub fn options(self) -> PrintOptions {
        match self {
            Profile::Default => PrintOptions::DEFAULT,
            Profile::Short => PrintOptions { precision: 2, edgeitems: 2, ..PrintOptions::DEFAULT },
            Profile::Full => PrintOptions { threshold: usize::MAX, ..PrintOptions::DEFAULT },
        }
    }
}

static OPTIONS: RwLock<PrintOptions> = RwLock::new(PrintOptions::DEFAULT);

/// The options that hold in this process.
pub fn print_options() -> PrintOptions {
    *OPTIONS.read()
}

/// Makes `options` hold in this process, for all threads.
pub fn set_print_options(options: PrintOptions) {
    *OPTIONS.write() = options;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_pytorchs() {
        let short = PrintOptions { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80, sci_mode: None };
        assert_eq!(Profile::named("short").map(Profile::options), Some(short));
        let full = PrintOptions { precision: 4, threshold: usize::MAX, edgeitems: 3, linewidth: 80, sci_mode: None };
        assert_eq!(Profile::named("full").map(Profile::options), Some(full));
        assert_eq!(Profile::named("default").map(Profile::options), Some(PrintOptions::default()));
        assert_eq!(Profile::named("x"), None);
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name_but_the_scientific_mode() {
        let odd = PrintOptions { precision: 7, linewidth: 33, sci_mode: Some(true), ..PrintOptions::DEFAULT };
        let next = odd.changed(&PrintChange { edgeitems: Some(1), ..PrintChange::default() });
        assert_eq!(next, PrintOptions { edgeitems: 1, sci_mode: None, ..odd });
        let next = odd.changed(&PrintChange {
            profile: Some(Profile::Short),
            precision: Some(9),
            sci_mode: Some(false),
            ..PrintChange::default()
        });
        assert_eq!(next, PrintOptions { precision: 9, edgeitems: 2, sci_mode: Some(false), ..PrintOptions::DEFAULT });
    }

    #[test]
    fn what_is_set_is_read() {
        let before = print_options();
        let wide = PrintOptions { linewidth: 120, ..before };
        set_print_options(wide);
        assert_eq!(std::thread::spawn(print_options).join().unwrap(), wide);
        set_print_options(before);
        assert_eq!(print_options(), before);
    }
}
