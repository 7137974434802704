<?php
define('DB_NAME','wp');define('DB_USER','x');define('DB_PASSWORD','');define('DB_HOST','localhost');define('DB_CHARSET','utf8mb4');define('DB_COLLATE','');
define('DB_DIR',__DIR__.'/wp-content/database/');define('DB_FILE','.ht.sqlite');
foreach(['AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT','NONCE_SALT'] as $k) define($k,'test-'.$k);
define('WP_HOME','http://127.0.0.1:'.$_SERVER['SERVER_PORT']);define('WP_SITEURL',WP_HOME);
define('AUTOMATIC_UPDATER_DISABLED',true);define('DISABLE_WP_CRON',true);define('WP_HTTP_BLOCK_EXTERNAL',true);define('WP_DEBUG',false);define('WP_ENVIRONMENT_TYPE','local');
$table_prefix='wp_';if(!defined('ABSPATH'))define('ABSPATH',__DIR__.'/');require_once ABSPATH.'wp-settings.php';
