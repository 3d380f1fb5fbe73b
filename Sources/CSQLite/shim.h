#pragma once
#include <sqlite3.h>

// What Swift can't import: destructor constants are casts, and extended codes are computed macros.

/// Binds bytes; SQLite copies them before it returns.
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    // A null pointer would bind NULL, where an empty value is meant.
    return sqlite3_bind_blob(statement, index, count > 0 ? bytes : "", count, SQLITE_TRANSIENT);
}

/// Binds UTF-8 text; SQLite copies it before it returns.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, count > 0 ? text : "", count, SQLITE_TRANSIENT);
}

/// Makes text in double quotes an error instead of a string, in queries and in definitions.
static inline int csqlite_refuse_double_quoted_strings(sqlite3 *database) {
    int dml = sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
    int ddl = sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
    return dml != SQLITE_OK ? dml : ddl;
}

/// Counts no memory: the count has a lock that all threads would share. Before anything else.
static inline int csqlite_configure(void) {
    int threads = sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    int memory = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return threads != SQLITE_OK ? threads : memory;
}

/// Leaves the log alone when this connection is the last one to close.
static inline int csqlite_no_checkpoint_on_close(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

static const int csqlite_constraint_primary_key = SQLITE_CONSTRAINT_PRIMARYKEY;
static const int csqlite_constraint_unique = SQLITE_CONSTRAINT_UNIQUE;
