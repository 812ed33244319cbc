/* SPDX-License-Identifier: MIT */
/* The part of contract.h that looks inside a text: JSON, its repair, its schema. */
#ifndef SQ_WIRE_CONTRACT_INT_H
#define SQ_WIRE_CONTRACT_INT_H

#include "wire/contract.h"

/* Sets klass and repaired of the reading of a text whose contract asks for JSON. SQ_NO_MEMORY, else
 * SQ_OK. */
SQ_MUST_USE enum sq_status sq_contract_judge_json(const struct sq_contract *contract,
                                                  const char *text, size_t length,
                                                  struct sq_reading *reading);

#endif
