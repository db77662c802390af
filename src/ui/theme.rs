//! Dresses egui in the tokens: fonts, text styles, visuals.

use std::sync::Arc;

use egui::epaint::text::{FontData, FontDefinitions};
use egui::{Color32, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Visuals};

use super::tokens::Tokens;
use crate::config::Theme;

/// Family of figures and headings.
pub const SEMIBOLD: &str = "semibold";
pub const MEDIUM: &str = "medium";

/// Puts fonts, sizes and colours of `tokens` onto `ctx`.
pub fn install(ctx: &egui::Context, tokens: &Tokens) {
    ctx.set_fonts(fonts());
    // The text has its size from the settings.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    dress(ctx, tokens);
}

/// [`install`] for a wall. Each letter is kept once a size, and not four times for places
/// between two pixels: what is kept of letters is soon complete, and stays as large as it is.
pub fn install_wall(ctx: &egui::Context, tokens: &Tokens) {
    install(ctx, tokens);
    ctx.all_styles_mut(|style| style.visuals.text_options.subpixel_binning = false);
}

/// Changes colours and sizes only.
pub fn dress(ctx: &egui::Context, tokens: &Tokens) {
    ctx.set_theme(match tokens.theme {
        Theme::Dark => egui::Theme::Dark,
        Theme::Light => egui::Theme::Light,
    });
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Heading, FontId::new(tokens.size.heading, semibold())),
            (TextStyle::Body, FontId::new(tokens.size.body, FontFamily::Proportional)),
            (TextStyle::Button, FontId::new(tokens.size.body, FontFamily::Proportional)),
            (TextStyle::Small, FontId::new(tokens.size.note, FontFamily::Proportional)),
            (TextStyle::Monospace, FontId::new(tokens.size.body, FontFamily::Monospace)),
        ]
        .into();
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(10.0, 5.0);
        style.spacing.interact_size.y = 28.0;
        style.spacing.scroll = egui::style::ScrollStyle::thin();
        style.animation_time = 0.0;
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.25;
        style.visuals = visuals(tokens);
    });
}

pub fn semibold() -> FontFamily {
    FontFamily::Name(SEMIBOLD.into())
}

pub fn medium() -> FontFamily {
    FontFamily::Name(MEDIUM.into())
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let faces: [(&str, &'static [u8]); 3] = [
        ("regular", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        (MEDIUM, include_bytes!("../../assets/fonts/Inter-Medium.otf")),
        (SEMIBOLD, include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
    ];
    for (name, bytes) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for (family, name) in [
        (FontFamily::Proportional, "regular"),
        (FontFamily::Monospace, "regular"),
        (medium(), MEDIUM),
        (semibold(), SEMIBOLD),
    ] {
        fonts.families.insert(family, vec![name.to_owned()]);
    }
    fonts
}

fn visuals(tokens: &Tokens) -> Visuals {
    let color = &tokens.color;
    let mut visuals = match tokens.theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    let radius = CornerRadius::same(tokens.size.radius_small as u8);
    visuals.override_text_color = Some(color.text_strong);
    visuals.panel_fill = color.canvas;
    visuals.window_fill = color.panel;
    visuals.extreme_bg_color = color.raised;
    visuals.faint_bg_color = color.raised;
    visuals.window_stroke = Stroke::new(1.0, color.line);
    visuals.window_corner_radius = CornerRadius::same(tokens.size.radius as u8);
    visuals.menu_corner_radius = CornerRadius::same(tokens.size.radius as u8);
    visuals.selection.bg_fill = color.accent_fill;
    visuals.selection.stroke = Stroke::new(1.0, color.accent);
    visuals.hyperlink_color = color.accent;
    visuals.warn_fg_color = color.warn;
    visuals.error_fg_color = color.alarm;
    visuals.button_frame = true;
    for (widget, fill, text) in [
        (&mut visuals.widgets.noninteractive, color.panel, color.text_soft),
        (&mut visuals.widgets.inactive, color.raised, color.text_strong),
        (&mut visuals.widgets.hovered, color.hover, color.text_strong),
        (&mut visuals.widgets.active, color.hover, color.text_strong),
        (&mut visuals.widgets.open, color.hover, color.text_strong),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, color.line);
        widget.fg_stroke = Stroke::new(1.0, text);
        widget.corner_radius = radius;
        widget.expansion = 0.0;
    }
    visuals.popup_shadow = egui::epaint::Shadow::NONE;
    visuals.window_shadow = egui::epaint::Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: Color32::from_black_alpha(96),
    };
    visuals
}

#[cfg(test)]
mod tests {
    use egui::{Align2, Color32, Context, RawInput, TextureId, pos2};

    use super::*;

    /// How often something new was kept of letters that have all been seen, in other places.
    fn kept_anew(install: fn(&Context, &Tokens)) -> usize {
        let ctx = Context::default();
        install(&ctx, &Tokens::of(Theme::Dark));
        let is_new = |indent: usize| {
            let words = "i".repeat(indent) + "8";
            let mut output = ctx.run_ui(RawInput::default(), |ui| {
                let font = FontId::new(17.3, semibold());
                let at = pos2(10.0, 10.0);
                ui.painter().text(at, Align2::LEFT_TOP, &words, font, Color32::WHITE);
            });
            let is_new = output.textures_delta.set.contains_key(&TextureId::default());
            output.textures_delta.clear();
            is_new
        };
        is_new(1);
        (1..20).filter(|indent| is_new(*indent)).count()
    }

    #[test]
    fn a_wall_keeps_a_letter_once_wherever_it_stands() {
        assert_eq!(kept_anew(install_wall), 0);
        assert!(kept_anew(install) > 0);
    }
}
