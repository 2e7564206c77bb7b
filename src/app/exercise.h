/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/exercise.h — the exercise under way in this session: which, since when, how many hints. It is
 * kept on disk (no patient data), so that lock and card removal do not end it. One per session. */
#pragma once
#include "app/app.h"
#include "chart/exercise.h"

/* All exercises of this installation, by id. Borrowed, made once. */
const GPtrArray *exercise_all(void);
const Exercise *exercise_find(const char *id);

/* After login. For a trainer the training hospital is set back first, and the next to log in here whom the
 * exercise is for takes it up; others begin on the data as they are. @id "" opens the list. Errors are shown. */
void exercise_begin(App *app, const char *id);
/* After login without a wish: takes up what a trainer began here, or goes on silently with what this person had
 * under way. */
void exercise_resume(App *app);

const Exercise *exercise_current(void); /* NULL = none */
Instant exercise_started(void);
guint exercise_hints_given(void);
gboolean exercise_next_hint(App *app);  /* FALSE when there are no more */
