#pragma once
#include <libpq-fe.h>

// Character constants that Swift can't import.

/// The five characters of SQLSTATE (`PG_DIAG_SQLSTATE`), or null.
static inline const char *cpostgresql_state(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}
