use super::*;
use egui::Color32;

fn drawing(width: f32, pixels_per_point: f32) -> Drawing {
    Drawing {
        rect: Rect::from_min_size(pos2(10.0, 20.0), vec2(width, 40.0)),
        pixels_per_point,
        color: Color32::WHITE,
        from_pair: 0.0,
        to_pair: 4.0,
    }
}

fn wave() -> Wave {
    Wave::new(
        &Arc::new(vec![(-1.0, 1.0), (-0.5, 0.5), (0.0, 0.0), (-9.0, f32::NAN)]),
        0,
    )
}

#[test]
fn there_is_one_column_per_physical_pixel_at_every_scale() {
    for (scale, columns) in [(1.0, 100), (1.5, 150), (2.0, 200)] {
        assert_eq!(
            wave().mesh(drawing(100.0, scale)).vertices.len(),
            columns * 4
        );
    }
}

#[test]
fn it_stays_inside_its_rectangle_whatever_the_audio() {
    let drawing = drawing(100.0, 1.0);
    let mesh = wave().mesh(drawing);
    assert!(mesh.is_valid());
    let bounds = mesh.calc_bounds();
    assert!(drawing.rect.contains_rect(bounds), "{bounds:?}");
}

#[test]
fn an_unchanged_waveform_is_not_built_again() {
    let mut wave = wave();
    let first = wave.mesh(drawing(100.0, 1.0));
    assert!(Arc::ptr_eq(&first, &wave.mesh(drawing(100.0, 1.0))));
    assert!(!Arc::ptr_eq(&first, &wave.mesh(drawing(90.0, 1.0))));
}
