<?php $p=parse_url($_SERVER['REQUEST_URI'],PHP_URL_PATH);if($p!=='/'&&is_file(__DIR__.$p))return false;
$_SERVER['SCRIPT_NAME']='/index.php';$_SERVER['PHP_SELF']='/index.php';require __DIR__.'/index.php';
