// How each kind of question is asked, by its name.

import { Classes, LabelSets, Preference, Rating } from "./choices.js";
import { Relations } from "./relations.js";
import { Spans } from "./spans.js";
import { FreeAnswer } from "./writing.js";

export const KINDS = {
  classes: Classes,
  label_sets: LabelSets,
  rating: Rating,
  preference: Preference,
  free_answer: FreeAnswer,
  spans: Spans,
  relations: Relations,
};
