(* What each theorem says and rests on; assumptions.txt is what this prints. *)

From Verified Require Import relevance decide pairs parabola classes_right whole rounding.

Check ancestors_are_right.
Check judgments_are_right.
Check wrong_pairs.
Check global_notion.
Check row_notion.
Check cover_is_right.
Check classes_are_right.
Check classes_global_notion.
Check classes_row_notion.
Check checked_are_right.
Check whole_cover_is_right.
Check whole_classes_are_right.
Check hierarchy_is_right.
Check rounding_bound.
Check exact_sums.

(* All of the checkers at a time, then those of rounding. *)
Definition theorems_of_the_checkers :=
  (ancestors_are_right, judgments_are_right, wrong_pairs, global_notion, row_notion, cover_is_right, classes_are_right,
   classes_global_notion, classes_row_notion, checked_are_right, whole_cover_is_right, whole_classes_are_right,
   hierarchy_is_right).
Print Assumptions theorems_of_the_checkers.
Definition theorems_of_rounding := (rounding_bound, exact_sums).
Print Assumptions theorems_of_rounding.
