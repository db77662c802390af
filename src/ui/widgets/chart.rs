//! Charts over local days, on `egui_plot`. The only file that names it.

use std::ops::RangeInclusive;

use egui::{Color32, CursorIcon, Id, Role, Sense, TextStyle, Ui};
use egui_plot::{Bar, BarChart, GridMark, Line, Plot, PlotPoints, PlotUi, Span, VLine};

use crate::domain::LocalDay;
use crate::ui::format;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;

/// Bars by day with a chosen span.
pub struct DayBars<'a> {
    pub label: &'a str,
    /// First local day; `values` follow without gaps.
    pub first_day: i32,
    pub values: &'a [u32],
    /// Days that stand out, `first..=last`.
    pub chosen: Option<(i32, i32)>,
    /// A day that replay has reached.
    pub cursor: Option<i32>,
    /// Height of the whole chart in points.
    pub height: f32,
}

/// More days than this are drawn as weeks: a bar wants three pixels.
const MOST_BARS: usize = 260;

/// Draws the bars; returns the days that a drag brushed or a click chose.
pub fn day_bars(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    chart: &DayBars<'_>,
) -> Option<(i32, i32)> {
    ui.scope(|ui| {
        quiet_axes(ui, tokens);
        brushed_bars(ui, tokens, text, chart)
    })
    .inner
}

fn brushed_bars(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &Text,
    chart: &DayBars<'_>,
) -> Option<(i32, i32)> {
    let step = if chart.values.len() > MOST_BARS { 7 } else { 1 };
    let bars = bars(tokens, chart, step);
    let first = f64::from(chart.first_day);
    let last = first + chart.values.len() as f64;
    let top = bars.iter().map(|bar| bar.value).fold(1.0, f64::max) * 1.06;
    let brush_id = ui.scope_id().with((chart.label, "brush"));
    let response = frame(chart.label, tokens, text, chart.height)
        .sense(Sense::click_and_drag())
        .default_x_bounds(first, last)
        .default_y_bounds(0.0, top)
        .show(ui, |plot: &mut PlotUi<'_>| {
            plot.set_plot_bounds_x(first..=last);
            plot.set_plot_bounds_y(0.0..=top);
            if let Some(band) = band(chart.chosen, first, last) {
                plot.span(
                    Span::new("", band)
                        .fill(tokens.color.accent_fill)
                        .border_color(tokens.color.accent),
                );
            }
            plot.bar_chart(BarChart::new("", bars).allow_hover(false));
            if let Some(day) = chart.cursor {
                mark_day(plot, day, tokens.color.text_strong);
            }
            pointed_day(plot, tokens, first, last)
        });
    super::name(&response.response, Role::Figure, chart.label);
    let response_rect = response.response.rect;
    let pointed = response.inner;
    let response = response.response.on_hover_cursor(CursorIcon::Crosshair);
    if let Some(day) = pointed.filter(|_| response.hovered())
        && let Some(index) = usize::try_from(day - chart.first_day).ok()
        && let Some(value) = chart.values.get(index)
    {
        let date = format::day_month(text, format::date_of_day(day));
        let shown = format::count(*value);
        let n = text.with("n-incidents", &[("n", (*value).into()), ("shown", shown.into())]);
        response.clone().on_hover_text_at_pointer(format!("{date}: {n}"));
    }
    let clamp = |day: i32| day.clamp(chart.first_day, last as i32 - 1);
    brush(ui, tokens, brush_id, &response, pointed.map(clamp), |day| {
        let share = (f64::from(day) - first) / (last - first);
        response_rect.left() + response_rect.width() * share as f32
    })
}

/// The chosen days as far as the chart shows them, to the end of the last one.
/// Days without anything received are seen by it alone.
fn band(chosen: Option<(i32, i32)>, first: f64, last: f64) -> Option<RangeInclusive<f64>> {
    let (from, to) = chosen?;
    let band = f64::from(from).max(first)..=f64::from(to + 1).min(last);
    (band.start() < band.end()).then_some(band)
}

fn mark_day(plot: &mut PlotUi<'_>, day: i32, color: Color32) {
    plot.vline(VLine::new("", f64::from(day) + 0.5).color(color).width(1.0).allow_hover(false));
}

/// The day under the pointer, marked where the chart has it.
fn pointed_day(plot: &mut PlotUi<'_>, tokens: &Tokens, first: f64, last: f64) -> Option<i32> {
    let day = plot.pointer_coordinate()?.x.floor() as i32;
    if plot.response().hovered() && (first..last).contains(&f64::from(day)) {
        mark_day(plot, day, tokens.color.text_dim);
    }
    Some(day)
}

/// Follows a drag from day to day; a click is a drag of one day.
fn brush(
    ui: &Ui,
    tokens: &Tokens,
    id: Id,
    response: &egui::Response,
    pointed: Option<i32>,
    x_of: impl Fn(i32) -> f32,
) -> Option<(i32, i32)> {
    if response.clicked() {
        return pointed.map(|day| (day, day));
    }
    if response.drag_started()
        && let Some(day) = pointed
    {
        ui.data_mut(|data| data.insert_temp(id, day));
    }
    let start: i32 = ui.data(|data| data.get_temp(id))?;
    let end = pointed.unwrap_or(start);
    let span = (start.min(end), start.max(end));
    if response.dragged() {
        let rect =
            egui::Rect::from_x_y_ranges(x_of(span.0)..=x_of(span.1 + 1), response.rect.y_range());
        ui.painter().rect_filled(rect, 2.0, tokens.color.accent_fill);
    }
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove::<i32>(id));
        return Some(span);
    }
    None
}

fn bars(tokens: &Tokens, chart: &DayBars<'_>, step: usize) -> Vec<Bar> {
    chart
        .values
        .chunks(step)
        .enumerate()
        .map(|(index, values)| {
            let day = chart.first_day + (index * step) as i32;
            let last = day + values.len() as i32 - 1;
            let is_chosen = chart.chosen.is_none_or(|(from, to)| last >= from && day <= to);
            let color = if is_chosen { tokens.color.accent } else { tokens.color.bar };
            let mean =
                values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64;
            Bar::new(f64::from(day) + values.len() as f64 / 2.0, mean)
                .width(values.len() as f64 * 0.74)
                .fill(color)
                .stroke(egui::Stroke::NONE)
        })
        .collect()
}

/// One line of [`day_lines`].
pub struct Series<'a> {
    pub name: &'a str,
    pub color: Color32,
    /// One value a day; a gap is `None`.
    pub values: Vec<Option<f64>>,
}

/// Lines by day from `first_day` on.
pub struct DayLines<'a> {
    pub label: &'a str,
    pub first_day: i32,
    pub series: &'a [Series<'a>],
    pub height: f32,
    /// A value as the hover writes it, and as the axis does.
    pub show: &'a dyn Fn(f64) -> String,
    pub show_mark: &'a dyn Fn(f64) -> String,
}

pub fn day_lines(ui: &mut Ui, tokens: &Tokens, text: &Text, chart: &DayLines<'_>) {
    ui.scope(|ui| {
        quiet_axes(ui, tokens);
        lines(ui, tokens, text, chart);
    });
}

fn lines(ui: &mut Ui, tokens: &Tokens, text: &Text, chart: &DayLines<'_>) {
    let DayLines { label, first_day, series, height, show, show_mark } = *chart;
    let days = series.iter().map(|one| one.values.len()).max().unwrap_or_default();
    let top =
        series.iter().flat_map(|one| one.values.iter().flatten().copied()).fold(0.0, f64::max);
    let first = f64::from(first_day);
    let last = first + days as f64;
    let response = frame(label, tokens, text, height)
        .show_axes([true, true])
        .y_axis_min_width(44.0)
        .show_grid([false, true])
        .y_grid_spacer(|input| value_marks(input.bounds.0, input.bounds.1))
        .y_axis_formatter(|mark, _| show_mark(mark.value))
        .sense(Sense::hover())
        .show(ui, |plot: &mut PlotUi<'_>| {
            plot.set_plot_bounds_x(first..=last);
            let top = (top * 1.08).max(f64::EPSILON);
            // The zero stands over the dates, not among them.
            let foot = top * f64::from(tokens.size.note / height);
            plot.set_plot_bounds_y(-foot..=top);
            for one in series {
                for run in runs(first, &one.values) {
                    plot.line(
                        Line::new(one.name, PlotPoints::from(run))
                            .color(one.color)
                            .width(1.6)
                            .allow_hover(false),
                    );
                }
            }
            pointed_day(plot, tokens, first, last)
        });
    super::name(&response.response, Role::Figure, label);
    let hovered = response.inner.filter(|_| response.response.hovered());
    if let Some(day) = hovered
        && let Ok(index) = usize::try_from(day - first_day)
        && index < days
    {
        let mut lines = vec![format::day_month(text, format::date_of_day(day))];
        for one in series {
            if let Some(Some(value)) = one.values.get(index) {
                lines.push(format!("{}: {}", one.name, show(*value)));
            }
        }
        response.response.on_hover_text_at_pointer(lines.join("\n"));
    }
}

/// Unbroken runs of a series with gaps.
fn runs(first: f64, values: &[Option<f64>]) -> Vec<Vec<[f64; 2]>> {
    let mut runs: Vec<Vec<[f64; 2]>> = vec![Vec::new()];
    for (index, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push([first + index as f64 + 0.5, *value]),
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

/// What all charts share: nothing moves under the pointer, days along the foot.
fn frame<'a>(label: &str, tokens: &Tokens, text: &'a Text, height: f32) -> Plot<'a> {
    Plot::new(("chart", label))
        .height(height)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .show_axes([true, false])
        .show_grid([false, false])
        .grid_color(tokens.color.line)
        .set_margin_fraction(egui::Vec2::ZERO)
        .cursor_color(tokens.color.text_dim)
        .x_grid_spacer(|input| day_marks(input.bounds.0, input.bounds.1))
        .x_axis_formatter(move |mark: GridMark, _| {
            let date = format::date_of_day(mark.value as i32);
            if mark.step_size >= 28.0 {
                format::month_short(text, date)
            } else {
                format::day_month_short(text, date)
            }
        })
}

/// Marks at round steps of 1, 2 or 5, three to six of them.
fn value_marks(from: f64, to: f64) -> Vec<GridMark> {
    let rough = (to - from) / 5.0;
    if rough <= 0.0 || !rough.is_finite() {
        return Vec::new();
    }
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    let (first, last) = ((from / step).ceil() as i64, (to / step).floor() as i64);
    (first..=last).map(|at| GridMark { value: at as f64 * step, step_size: step }).collect()
}

/// Axes speak in notes.
fn quiet_axes(ui: &mut Ui, tokens: &Tokens) {
    ui.visuals_mut().override_text_color = Some(tokens.color.text_dim);
    let style = ui.style_mut();
    if let Some(body) = style.text_styles.get_mut(&TextStyle::Body) {
        body.size = tokens.size.note;
    }
}

/// Marks at days, weeks (Mondays) or the first days of months, about eight.
fn day_marks(from: f64, to: f64) -> Vec<GridMark> {
    let (first, last) = (from.ceil() as i32, to.floor() as i32);
    let days = (last - first).max(1);
    let mark = |day: i32, step: f64| GridMark { value: f64::from(day), step_size: step };
    if days <= 10 {
        return (first..last).map(|day| mark(day, 1.0)).collect();
    }
    if days <= 70 {
        return (first..last)
            .filter(|&day| LocalDay(day).weekday() == 0)
            .map(|day| mark(day, 7.0))
            .collect();
    }
    let every = (days / 30 / 9).max(0) as u32 + 1;
    (first..last)
        .filter(|&day| {
            let date = format::date_of_day(day);
            chrono::Datelike::day(&date) == 1
                && chrono::Datelike::month0(&date).is_multiple_of(every)
        })
        .map(|day| mark(day, 30.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use egui::Pos2;

    use super::*;
    use crate::config::Theme;
    use crate::domain::Language;

    #[test]
    fn marks_thin_out_with_the_span() {
        assert_eq!(day_marks(20_000.0, 20_007.0).len(), 7);
        let weeks = day_marks(20_000.0, 20_056.0);
        assert!((7..=9).contains(&weeks.len()));
        assert!(weeks.iter().all(|mark| LocalDay(mark.value as i32).weekday() == 0));
        let months = day_marks(20_000.0, 20_730.0);
        assert!((5..=13).contains(&months.len()), "{}", months.len());
    }

    #[test]
    fn the_band_covers_the_chosen_days_that_are_shown() {
        assert_eq!(band(None, 10.0, 20.0), None);
        assert_eq!(band(Some((12, 14)), 10.0, 20.0), Some(12.0..=15.0));
        assert_eq!(band(Some((5, 40)), 10.0, 20.0), Some(10.0..=20.0));
        assert_eq!(band(Some((30, 40)), 10.0, 20.0), None);
    }

    /// A chart of empty days in a window, with the pointer on one of them for a
    /// while: where the tooltip's words stand, and the upright hairlines.
    fn hovered(pointer: Pos2, chosen: Option<(i32, i32)>) -> (Option<Pos2>, Vec<f32>) {
        let tokens = Tokens::of(Theme::Dark);
        let text = Text::of(Language::Ru);
        let ctx = egui::Context::default();
        crate::ui::theme::install(&ctx, &tokens);
        let mut output = egui::FullOutput::default();
        for frame in 0..20 {
            let input = egui::RawInput {
                screen_rect: Some(egui::Rect::from_min_size(Pos2::ZERO, egui::vec2(800.0, 400.0))),
                time: Some(f64::from(frame) * 0.2),
                events: if frame == 2 { vec![egui::Event::PointerMoved(pointer)] } else { vec![] },
                ..egui::RawInput::default()
            };
            output = ctx.run_ui(input, |ui| {
                let chart = DayBars {
                    label: "days",
                    first_day: 20_000,
                    values: &[0; 100],
                    chosen,
                    cursor: None,
                    height: 200.0,
                };
                day_bars(ui, &tokens, &text, &chart);
            });
            output.textures_delta.clear();
        }
        let (mut tooltip, mut hairlines) = (None, Vec::new());
        for clipped in &output.shapes {
            match &clipped.shape {
                egui::Shape::Text(words) if words.galley.text().contains(": ") => {
                    tooltip = Some(words.pos);
                }
                shape => {
                    let bounds = shape.visual_bounding_rect();
                    if bounds.width() < 3.0 && bounds.height() > 100.0 {
                        hairlines.push(bounds.center().x);
                    }
                }
            }
        }
        (tooltip, hairlines)
    }

    #[test]
    fn the_day_pointed_at_is_told_beside_the_pointer_and_marked() {
        let pointer = egui::pos2(600.0, 100.0);
        let (tooltip, hairlines) = hovered(pointer, None);
        let off = tooltip.expect("a tooltip") - pointer;
        assert!(off.length() < 60.0, "{off:?}");
        assert!(hairlines.iter().any(|x| (x - pointer.x).abs() < 8.0), "{hairlines:?}");
    }

    #[test]
    fn chosen_days_without_anything_are_seen() {
        let away = egui::pos2(10.0, 390.0);
        let (_, none) = hovered(away, None);
        let (_, band) = hovered(away, Some((20_040, 20_049)));
        assert_eq!(band.len(), none.len() + 2, "{band:?}");
    }

    #[test]
    fn values_are_marked_at_round_steps() {
        let values = |to| value_marks(0.0, to).iter().map(|mark| mark.value).collect::<Vec<_>>();
        assert_eq!(values(216.0), [0.0, 50.0, 100.0, 150.0, 200.0]);
        assert_eq!(values(1_080.0), [0.0, 500.0, 1_000.0]);
        assert_eq!(values(0.9), [0.0, 0.2, 0.4, 0.600_000_000_000_000_1, 0.8]);
        assert_eq!(values(0.0), [0.0; 0]);
    }

    #[test]
    fn gaps_break_a_line() {
        let runs = runs(0.0, &[Some(1.0), Some(2.0), None, Some(3.0), Some(4.0)]);
        assert_eq!(runs.len(), 2);
        assert_eq!(runs[1][0], [3.5, 3.0]);
    }
}
