#pragma once
// NODE_TEXT and the like would be names of everybody's.
#define CMARK_NO_SHORT_NAMES
#include <cmark.h>
