/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/med-acts.h — what is done with the orders of the list of medicines: the reason is asked, the change is put on
 * the list to sign as a sealed draft. Nothing is written here. */
#pragma once
#include "chart/med-change.h"
#include "ui/views/views.h"

/* With what is marked in the section @v, or the one under its cursor. */
CmdResult med_act(View *v, CmdCall *call, const MedChange *change, GError **error);
