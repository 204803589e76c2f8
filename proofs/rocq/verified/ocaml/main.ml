(* hrgeom-verified TARGET.json FOLDER.emb: all pairs, by the checker that is proved. *)

open Checker

let usage = "hrgeom-verified TARGET.json FOLDER [--notion global|row] [--threshold X] [--thresholds FILE.npy] [--jobs N]"

let clock () = Unix.gettimeofday ()
let started = clock ()
let report = ref false
let progress what =
  if !report then Printf.eprintf "%6.1f s, %d MB: %s\n%!" (clock () -. started) (Gc.((quick_stat ()).top_heap_words) / 131072) what

let refuse why = prerr_endline ("hrgeom-verified: " ^ why); exit 2

let rec ranges size from until = if from >= until then [] else (from, min until (from + size)) :: ranges size (from + size) until
let rows spoil levels side (from, until) =
  List.init (until - from) (fun i -> Spoil.row spoil side (Hints.hinted levels side (from + i)))

let library spoil levels side =
  let blocks = List.rev (ranges 32 0 side.Hints.n) in
  let ls = List.map snd levels in
  List.fold_left (fun lib block ->
      match add_documents ls (rows spoil levels side block) lib with
      | Some lib -> lib
      | None -> failwith (Printf.sprintf "documents from %d on do not pass" (fst block)))
    no_documents blocks

let rec int_of_positive = function XH -> 1 | XO p -> 2 * int_of_positive p | XI p -> (2 * int_of_positive p) + 1
let int_of = function Z0 -> 0 | Zpos p -> int_of_positive p | Zneg p -> - int_of_positive p

(* The part of the queries that is this process': how many pairs are wrong, and some of them. *)
let work spoil levels known lib m minus_t side (from, until) =
  let ls = List.map snd levels in
  let p, some =
    List.fold_left (fun (p, some) block ->
        match check_block ls known lib m minus_t p (rows spoil levels side block) with
        | None -> failwith (Printf.sprintf "queries from %d on do not pass" (fst block))
        | Some (p, answers) ->
          let add some (q, wrong) = if List.length some < 10 then List.map (fun v -> (q, v)) wrong @ some else some in
          (p, List.fold_left add some answers))
      ({ next = from; wrong_pairs_so_far = Z0 }, []) (ranges 128 from until) in
  if p.next <> until then failwith "queries are left over";
  (int_of p.wrong_pairs_so_far, some)

let share jobs n work =
  let part i = (n * i / jobs, n * (i + 1) / jobs) in
  let children = List.init (jobs - 1) (fun i ->
      let from, into = Unix.pipe () in
      match Unix.fork () with
      | 0 ->
        let answer = try Ok (work (part (i + 1))) with e -> Error (Printexc.to_string e) in
        let channel = Unix.out_channel_of_descr into in
        Marshal.to_channel channel answer []; close_out channel; Unix._exit 0
      | pid -> Unix.close into; (pid, from)) in
  let mine = work (part 0) in
  let theirs = List.map (fun (pid, from) ->
      let channel = Unix.in_channel_of_descr from in
      let answer = try (Marshal.from_channel channel : (int * (int * int) list, string) result) with End_of_file -> Error "a process ended" in
      close_in channel; ignore (Unix.waitpid [] pid);
      match answer with Ok a -> a | Error e -> failwith e) children in
  List.fold_left (fun (n, some) (m, more) -> (n + m, some @ more)) mine theirs

let commas n =
  let s = string_of_int n in
  String.concat "" (List.mapi (fun i c -> (if i > 0 && (String.length s - i) mod 3 = 0 then "," else "") ^ String.make 1 c)
    (List.of_seq (String.to_seq s)))

let () =
  let spoil = ref (-1) and first = ref max_int and files = ref [] and notion = ref "" and threshold = ref "" and thresholds = ref "" and jobs = ref 1 and only_pairs = ref false and only_structure = ref false and fields = ref "" in
  Arg.parse
    [ ("--notion", Arg.Set_string notion, "global or row (the embedding's own)");
      ("--threshold", Arg.Set_string threshold, "of the global notion (the embedding's own)");
      ("--thresholds", Arg.Set_string thresholds, "a float64 for each query, for the row notion; a hint");
      ("--pairs", Arg.Set only_pairs, "visit all pairs, also where counting would do");
      ("--jobs", Arg.Set_int jobs, "processes");
      ("--structure", Arg.Set only_structure, "by structure, or not at all");
      ("--first", Arg.Set_int first, "only so many queries, the first; the sentence says so");
      ("--fields", Arg.Set_string fields, "numbers to a word, level by level, where they are rounded; a hint");
      ("--spoil", Arg.Set_int spoil, "change one hint, which one by this seed (for tests)");
      ("--progress", Arg.Set report, "say what is done") ]
    (fun f -> files := f :: !files) usage;
  let target_name, folder = match List.rev !files with [ t; f ] -> (t, f) | _ -> refuse usage in
  try
    let e = Read.embedding folder in
    let target = Read.target target_name e in
    let notion = if !notion = "" then e.notion else !notion in
    if notion <> "global" && notion <> "row" then refuse "the notion must be global or row";
    let n = min !first e.queries.rows and m = e.documents.rows in
    let quantity = if n = e.queries.rows then Printf.sprintf "all %s" (commas n) else Printf.sprintf "the first %s of %s" (commas n) (commas e.queries.rows) in
    let spoil = Spoil.choose !spoil n m in
    progress "read";
    (* Who is relevant. *)
    let relevant, known =
      match target with
      | Hierarchy edges ->
        ( "is the query itself or an ancestor of it",
          (match ancestors edges (Spoil.order spoil (Hints.order e.queries.rows edges)) with Some k -> k | None -> failwith "the hierarchy has a cycle") )
      | Judgments pairs ->
        let downwards = List.sort (fun a b -> compare b a) pairs in
        ("is judged relevant", judgments downwards (List.init e.queries.rows Fun.id)) in
    progress "who is relevant";
    let side a scale extra is_query = { Hints.n = a.Read.rows; extra_of = extra; scale_of = scale; row_of = a.Read.row; is_query } in
    let minus (m, e) = (- m, e) in
    let documents = side e.documents e.document_scale (fun _ -> (1, 0)) false in
    let stated =
      if notion = "row" then ""
      else if !threshold <> "" then !threshold
      else match e.threshold with Other x when x <> "null" -> x | _ -> refuse "a threshold must be given: the embedding has none" in
    let says =
      if notion = "global" then
        Printf.sprintf "the exact inner product of the stored numbers is above %s if the document %s, and below it otherwise" stated relevant
      else
        Printf.sprintf
          "with each query, every document that %s has a larger exact inner product of stored numbers than every one that is not"
          relevant in
    let verified how =
      Printf.printf "VERIFIED %s: for %s queries and all %s documents (%s pairs), %s.\n"
        how quantity (commas m) (commas (n * m)) says;
      exit 0 in
    (* The threshold that a structure is checked at: the stated one, or any at all in the row notion. *)
    let checked_at =
      match notion, e.threshold with
      | "global", _ -> Read.of_float (float_of_string stated)
      | _, Other x when x <> "null" -> Read.of_float (float_of_string x)
      | _ -> (0, 0) in
    if not !only_pairs && n = e.queries.rows then begin
      let queries = side e.queries e.query_scale (fun _ -> (0, 0)) true in
      (if fst checked_at = 0 then
         match Cover.holds spoil known queries documents e.queries.columns with
         | Some classes -> progress "the cover"; verified (Printf.sprintf "by structure (classes of intervals: %d)" classes)
         | None -> progress "no interval cover that can be counted");
      match Parts.holds spoil known queries documents (minus checked_at) with
      | Some (tries, polygons) ->
        progress "the parts"; verified (Printf.sprintf "by structure (tries: %d, convex polygons: %d)" tries polygons)
      | None -> progress "no tries and polygons that can be counted"
    end;
    if !only_structure then failwith "the rows are no interval cover, tries or polygons that can be counted";
    let extra =
      if notion = "global" then (let t = minus (Read.of_float (float_of_string stated)) in fun _ -> t)
      else begin
        let plain = side e.queries e.query_scale (fun _ -> (0, 0)) true in
        let given =
          if !thresholds = "" then Array.map Read.of_float (Hints.thresholds known plain documents)
          else let a = Read.npy "float64" !thresholds in
            if a.rows <> e.queries.rows || a.columns <> 1 then failwith "thresholds: not one for each query";
            Array.init n (fun i -> List.hd (a.row i)) in
        fun i -> minus given.(i)
      end in
    let queries = side e.queries e.query_scale extra true in
    let is_free = List.for_all (fun i -> fst (extra i) = 0) (List.init n Fun.id) in
    let fields = if !fields = "" then [] else List.map int_of_string (String.split_on_char ',' !fields) in
    let levels = Spoil.levels spoil (Hints.levels ~is_free ~is_bytes:(e.dtype = "int8") fields queries documents) in
    progress (String.concat ", then " (List.map (fun (way, l) -> Hints.describe way l) levels));
    let lib = library spoil levels documents in
    progress "documents";
    Gc.compact ();
    let wrong, some = share !jobs n (work spoil levels known lib m (if notion = "global" then Some (extra 0) else None) queries) in
    progress "queries";
    if wrong = 0 then verified "pair by pair";
    (* In the row notion thresholds are hints: a pair on the wrong side need not be wrong. *)
    if notion = "row" then begin
      Printf.printf "NOT VERIFIED: %s of %s pairs are on the wrong side of the thresholds that were chosen; for all others, %s.\n"
        (commas wrong) (commas (n * m)) says;
      exit 3
    end;
    begin
      Printf.printf "VERIFIED TO FAIL: of %s pairs of %s queries and all %s documents exactly %s are wrong; for all others, %s.\n"
        (commas (n * m)) quantity (commas m) (commas wrong) says;
      List.iteri (fun i (q, v) -> if i < 10 then Printf.printf "  wrong: query %d, document %d\n" q v) some
    end;
    exit 1
  with Failure why | Sys_error why | Invalid_argument why -> Printf.printf "NOT VERIFIED: %s\n" why; exit 3
