use super::form::{edit, field_beside_button, is_readable};
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        draft::Draft,
        icons::Icon,
        text::form as words,
    },
    session::Form,
};
use egui::{Popup, Response, ScrollArea, Ui};
use sideman_shared::music::KeyScale;

const LIST_WIDTH: f32 = 200.0;
/// All twelve rows, where the window is high enough.
const LIST_HEIGHT: f32 = 320.0;
const LINE_HEIGHT: f32 = 20.0;

/// A key: typed freely, or chosen from the list of all 24.
pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let label = controls::field_label(ui, scene.theme, words::KEY);
    ui.horizontal(|ui| {
        let mut key = form.get().key.clone();
        let readable = is_readable::<KeyScale>(&key);
        let typed = field_beside_button(ui, scene.theme, &mut key, words::KEY_HEARD, readable)
            .labelled_by(label.id)
            .on_hover_text(words::KEY_TIP);
        let open = Button::icon_only(Icon::ChevronDown, words::KEY_LIST)
            .show(ui, scene.theme)
            .on_hover_text(words::KEY_LIST);
        let chosen = list(&open, &key);
        if typed.changed() {
            edit(scene, form, |form| form.key = key);
        } else if let Some(key) = chosen {
            edit(scene, form, |form| form.key = key);
        }
    });
}

/// The popup list below `button`; the text to put into the field when one was chosen.
fn list(button: &Response, current: &str) -> Option<String> {
    let current = current.trim().parse::<KeyScale>().ok();
    let mut chosen = None;
    Popup::menu(button).width(LIST_WIDTH).show(|ui| {
        ui.spacing_mut().interact_size.y = LINE_HEIGHT;
        ui.spacing_mut().item_spacing.y = 2.0;
        if ui.selectable_label(false, words::KEY_AUTO).clicked() {
            chosen = Some(String::new());
        }
        ui.separator();
        ScrollArea::vertical()
            .max_height(LIST_HEIGHT)
            .show(ui, |ui| {
                // All keys come tonic by tonic, major first: two columns.
                ui.columns_const(|columns: &mut [Ui; 2]| {
                    for (index, key) in KeyScale::all().enumerate() {
                        let name = key.to_string();
                        let column = &mut columns[index % 2];
                        let is_current = current == Some(key);
                        if column.selectable_label(is_current, &name).clicked() {
                            chosen = Some(name);
                        }
                    }
                });
            });
    });
    chosen
}
