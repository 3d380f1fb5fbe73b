#pragma once
#include <pango/pangocairo.h>
#include <cairo-pdf.h>

// PANGO_SCALE is a macro that Swift can't import with its type; lengths in Pango are 1/1024 point.
static inline double cpango_points(int units) {
    return (double)units / PANGO_SCALE;
}
static inline int cpango_units(double points) {
    return (int)(points * PANGO_SCALE);
}
