(* What each theorem rests on; assumptions.txt is what this prints. *)

From Verified Require Import relevance decide pairs parabola classes_right whole rounding.

Check ancestors_are_right.
Print Assumptions ancestors_are_right.
Check judgments_are_right.
Print Assumptions judgments_are_right.
Check wrong_pairs.
Print Assumptions wrong_pairs.
Check global_notion.
Print Assumptions global_notion.
Check row_notion.
Print Assumptions row_notion.
Check cover_is_right.
Print Assumptions cover_is_right.
Check classes_are_right.
Print Assumptions classes_are_right.
Check classes_global_notion.
Print Assumptions classes_global_notion.
Check classes_row_notion.
Print Assumptions classes_row_notion.
Check hierarchy_is_right.
Print Assumptions hierarchy_is_right.
Check checked_are_right.
Print Assumptions checked_are_right.
Check whole_cover_is_right.
Print Assumptions whole_cover_is_right.
Check whole_classes_are_right.
Print Assumptions whole_classes_are_right.
Check rounding_bound.
Print Assumptions rounding_bound.
Check exact_sums.
Print Assumptions exact_sums.
