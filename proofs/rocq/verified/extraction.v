(* The checkers as OCaml.  These mappings are trusted: OCaml's int is a word of 63 bits whose operations wrap. *)

From Coq Require Import Uint63 Sint63 Extraction ExtrOcamlBasic.
From Verified Require Import relevance packing decide pairs parabola classes whole.

Extract Inlined Constant PrimInt63.int => "int".
Extract Inlined Constant PrimInt63.add => "(+)".
Extract Inlined Constant PrimInt63.sub => "(-)".
Extract Inlined Constant PrimInt63.mul => "( * )".
Extract Inlined Constant PrimInt63.land => "(land)".
Extract Inlined Constant PrimInt63.lor => "(lor)".
Extract Inlined Constant PrimInt63.lsl => "Uint63.shift_left".
Extract Inlined Constant PrimInt63.lsr => "Uint63.shift_right".
Extract Inlined Constant PrimInt63.eqb => "Uint63.equal".
Extract Inlined Constant PrimInt63.ltsb => "Uint63.less".
Extract Inlined Constant PrimInt63.lesb => "Uint63.at_most".
Extract Inlined Constant PrimInt63.ltb => "Uint63.less_unsigned".
Extract Inlined Constant PrimInt63.leb => "Uint63.at_most_unsigned".
Extract Inlined Constant andb => "(&&)".
Extract Inlined Constant orb => "(||)".

Set Extraction File Comment "Extracted from the proofs beside it by `make verified`; not to be edited.".
Extraction "extracted/checker.ml" ancestors judgments list_at no_documents add_documents check_block below whole_cover whole_classes.
