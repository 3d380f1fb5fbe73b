#pragma once
#include <jansson.h>

// json_typeof is a macro.
static inline json_type educonnect_json_type(const json_t *value) {
    return json_typeof(value);
}
