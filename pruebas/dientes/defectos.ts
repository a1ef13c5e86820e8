import type { Prueba } from './prueba.ts'

/** Lo que sufriría quien usa el sistema con el defecto puesto. */
export type Mal = 'pierde' | 'dobla' | 'desordena' | 'adelanta' | 'engaña' | 'expone' | 'desborda'

/** Un defecto plantado: `defectos/<nombre>.patch`, que en su primera línea dice qué rompe, y la prueba que tiene que ponerse roja. */
export type Defecto = Readonly<{ nombre: string; mal: Mal; puerta: Prueba }>

/** El parche que no rompe nada. */
export const INOFENSIVO = '00_inofensivo'

/** Todos, de los que se corren unos pocos cada vez. La puerta es la más barata que lo ve; puede haber más. */
export const DEFECTOS: readonly Defecto[] = [
  {
    nombre: '01_responde_antes_de_confirmar',
    mal: 'adelanta',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/grupo.test.ts',
      nombre: 'si falla el COMMIT todo el grupo recibe resultado_desconocido, sin avisos, y el siguiente escribe por otra conexión',
    },
  },
  {
    nombre: '02_synchronous_normal',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/conexion.test.ts',
      nombre: 'la que escribe confirma en el disco (WAL, synchronous FULL), vigila las llaves foráneas y no espera dentro de SQLite',
    },
  },
  {
    nombre: '03_begin_diferido',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/ocupado.test.ts',
      nombre: 'mientras otro escribe las unidades esperan, y cuando suelta confirman',
    },
  },
  {
    nombre: '04_unidad_fallida_no_se_deshace',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/almacen.test.ts',
      nombre: 'B31 la unidad que falla se deshace sola: sus vecinas confirman, antes y después de ella',
    },
  },
  {
    nombre: '05_avisa_antes_de_confirmar',
    mal: 'adelanta',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/grupo.test.ts',
      nombre: 'si falla el COMMIT todo el grupo recibe resultado_desconocido, sin avisos, y el siguiente escribe por otra conexión',
    },
  },
  {
    nombre: '06_savepoint_deshecho_avisa',
    mal: 'adelanta',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/almacen.test.ts',
      nombre: 'un aviso no corre si su unidad, o el savepoint en que se pidió, se deshace',
    },
  },
  {
    nombre: '07_sin_autoincrement',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/migraciones.test.ts',
      nombre: 'P4 en SQLite, la llave que numera el almacén no repite el número de una fila borrada',
    },
  },
  {
    nombre: '08_cola_sin_tope',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/grupo.test.ts',
      nombre: 'con la cola llena se rechaza con almacen_saturado antes de escribir nada; la otra cola sigue, y después se vuelve a aceptar',
    },
  },
  {
    nombre: '09_commit_fallido_responde_bien',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/grupo.test.ts',
      nombre: 'si falla el COMMIT todo el grupo recibe resultado_desconocido, sin avisos, y el siguiente escribe por otra conexión',
    },
  },
  {
    nombre: '10_cierra_sin_terminar',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/almacen.test.ts',
      nombre: 'cerrar termina lo encolado, que todavía puede leer, y rechaza lo que llega después',
    },
  },
  {
    nombre: '11_sin_inbox',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'un mensaje con el mismo id, publicado dos veces, hace su efecto una vez',
    },
  },
  {
    nombre: '12_acusa_antes_del_efecto',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'B45 un efecto que falla se deshace y se repite: dos veces enseguida y después con espera',
    },
  },
  {
    nombre: '13_inbox_por_posicion',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'un mensaje con el mismo id, publicado dos veces, hace su efecto una vez',
    },
  },
  {
    nombre: '14_inbox_de_todos',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'dos consumidores de un tópico hacen cada uno lo suyo: lo que uno ya hizo no calla al otro',
    },
  },
  {
    nombre: '15_un_intento_menos',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'agotados los intentos, el mensaje se aparta con su causa y el consumidor sigue',
    },
  },
  {
    nombre: '16_un_intento_mas',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'agotados los intentos, el mensaje se aparta con su causa y el consumidor sigue',
    },
  },
  {
    nombre: '17_repite_una_regla',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'una regla rota no se repite: se aparta a la primera',
    },
  },
  {
    nombre: '18_aparta_lo_que_no_es_culpa',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'lo que no es culpa del mensaje se repite cuanto haga falta',
    },
  },
  {
    nombre: '19_apartado_que_traga',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'agotados los intentos, el mensaje se aparta con su causa y el consumidor sigue',
    },
  },
  {
    nombre: '20_hueco_sin_releer',
    mal: 'pierde',
    puerta: {
      archivo: 'pruebas/simulacion/simular.test.ts',
      nombre: 'lo que se escribió sin que nadie lo supiera llega, aunque nadie vuelva a publicar',
    },
  },
  {
    nombre: '21_marca_de_agua_adelantada',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/marca_de_agua.test.ts',
      nombre: 'la marca dice lo mismo que contar una por una, se salde en el orden que sea',
    },
  },
  {
    nombre: '22_llave_soltada_al_rechazar',
    mal: 'desordena',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/colas_por_llave.test.ts',
      nombre: 'haga lo que haga quien consume, cada llave sale en orden, de una en una y sin perder ninguna',
    },
  },
  {
    nombre: '23_plazo_de_rechazo_olvidado',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'llave_retenida: por muchas llaves retenidas que haya, con muchos detrás, las otras pasan',
    },
  },
  {
    nombre: '24_intentos_en_memoria',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'intentos_durables: la cuenta y el plazo de un rechazo sobreviven a reabrir',
    },
  },
  {
    nombre: '25_veneno_sin_cuarentena',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/sospechosos.test.ts',
      nombre: 'cerrar en orden con sospechosos por delante no los olvida: la cuenta de caídas sigue',
    },
  },
  {
    nombre: '26_apartado_sin_bytes',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'apartar conserva bytes, llave, identificador, propiedades, origen, causa e intentos, y libera la llave',
    },
  },
  {
    nombre: '27_apartado_sin_intentos',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'apartar conserva bytes, llave, identificador, propiedades, origen, causa e intentos, y libera la llave',
    },
  },
  {
    nombre: '28_apartado_dos_veces',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/averias.test.ts',
      nombre: 'apartar con un COMMIT dudoso aparta una sola vez',
    },
  },
  {
    nombre: '29_devuelto_al_final',
    mal: 'desordena',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/remoto.test.ts',
      nombre: 'lo devuelto vuelve a su lugar, sin contar intento, y lo recibe otro',
    },
  },
  {
    nombre: '30_sin_permisos',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'ningún consumidor tiene en vuelo más que sus permisos, y los usa',
    },
  },
  {
    nombre: '31_acuse_fuera_de_la_tx',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'el acuse dentro de la tx es parte de ella: si se deshace, ni efecto ni acuse, y el mensaje vuelve',
    },
  },
  {
    nombre: '32_retencion_sin_mirar',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/retencion.test.ts',
      nombre: 'lo que una suscripción espera no se borra, esté conectada o no, ni lo que viene después de un rechazado',
    },
  },
  {
    nombre: '33_retencion_borra_lo_ultimo',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/retencion.test.ts',
      nombre: 'se borra lo vencido que nadie espera, pero nunca el último de un tópico',
    },
  },
  {
    nombre: '34_epoca_sin_comparar',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'una posición perdida no abre la suscripción, y se puede pedir otra vez con otro inicio',
    },
  },
  {
    nombre: '35_posiciones_de_otra_historia',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/posiciones.test.ts',
      nombre: 'las de historias distintas, o que no lo son, no se comparan',
    },
  },
  {
    nombre: '36_cierra_sin_esperar_lo_en_vuelo',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'cerrar espera lo que está en vuelo, y lo rechazado mientras se cierra vuelve después',
    },
  },
  {
    nombre: '37_envio_repetido_por_ws',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/ws/productor.test.ts',
      nombre: 'repetir lo ya enviado con su mismo número no lo guarda dos veces, y seguir sin número continúa',
    },
  },
  {
    nombre: '38_ws_callado_sigue',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/ws/hostil.test.ts',
      nombre: 'no caben más enchufes que los dichos, y quien no da señal se corta',
    },
  },
  {
    nombre: '39_relevo_quita_antes_de_confirmar',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/relevo.test.ts',
      nombre: 'lo enviado se queda en su tabla hasta que Pulsar lo confirma, y no se va nada de lo que sigue a uno sin confirmar',
    },
  },
  {
    nombre: '40_acuse_desordenado',
    mal: 'desordena',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/relevo.test.ts',
      nombre: 'lo enviado se queda en su tabla hasta que Pulsar lo confirma, y no se va nada de lo que sigue a uno sin confirmar',
    },
  },
  {
    nombre: '41_quita_sin_token',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/arriendo.test.ts',
      nombre: 'quien perdió el lugar no quita filas, aunque crea que se confirmaron',
    },
  },
  {
    nombre: '42_arriendo_por_la_hora',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/arriendo.test.ts',
      nombre: 'P8 muerto el dueño, que la hora salte años ni adelanta ni demora a quien sigue',
    },
  },
  {
    nombre: '43_token_que_no_crece',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/arriendo.test.ts',
      nombre: 'el primero lo tiene mientras late, por mucho que otro espere; al soltarlo pasa enseguida, con un token mayor',
    },
  },
  {
    nombre: '44_numera_sin_arriendo',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/por_numerar.test.ts',
      nombre: 'P7 quien ya no tiene el arriendo no numera nada; quien lo toma espera al que estaba numerando',
      postgres: true,
    },
  },
  {
    nombre: '45_sin_candado_de_llave',
    mal: 'desordena',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/por_numerar.test.ts',
      nombre:
        'P3 dos transacciones de una llave salen en el orden en que se confirman, aunque la primera tarde; las de otra llave no esperan',
      postgres: true,
    },
  },
  {
    nombre: '46_numera_por_cursor',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/por_numerar.test.ts',
      nombre: 'P1 la que toma su lugar primero y se confirma después de otras no se salta, y no las detiene',
      postgres: true,
    },
  },
  {
    nombre: '47_operacion_terminada_dos_veces',
    mal: 'dobla',
    puerta: {
      archivo: 'pruebas/simulacion/simular.test.ts',
      nombre: 'en 60 historias al azar, con muertes y averías, ninguna ley se rompe; y cada una se puede repetir',
    },
  },
  {
    nombre: '48_plazo_de_otro_estado',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/procesos.test.ts',
      nombre: 'abrir otra vez empieza de nuevo la espera, y se cobra una sola vez',
    },
  },
  {
    nombre: '49_proceso_sin_version',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/procesos_a_la_vez.test.ts',
      nombre: 'P21 en PostgreSQL, de dos pasos que parten del mismo estado vale uno; el otro choca y, repetido, parte de lo que aquél dejó',
    },
  },
  {
    nombre: '50_plazo_que_no_se_quita',
    mal: 'dobla',
    puerta: { archivo: 'src/seedwork/infraestructura/procesos.test.ts', nombre: 'muchos procesos a la vez vencen todos' },
  },
  {
    nombre: '51_llave_que_ignora_el_cuerpo',
    mal: 'engaña',
    puerta: { archivo: 'tests/idempotencia.test.ts', nombre: '/vuelos/reserva: la misma llave con otro pedido es 422, y no hace nada' },
  },
  {
    nombre: '52_llave_reutilizada_pasa',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/idempotencia.test.ts',
      nombre: 'la misma llave con otro pedido se rechaza sin hacer nada',
    },
  },
  {
    nombre: '53_llave_de_cualquiera',
    mal: 'expone',
    puerta: { archivo: 'src/seedwork/infraestructura/idempotencia.test.ts', nombre: 'cada actor tiene sus llaves' },
  },
  {
    nombre: '54_en_curso_no_se_dice',
    mal: 'dobla',
    puerta: {
      archivo: 'tests/idempotencia.test.ts',
      nombre: '/vuelos/reserva: dos a la vez con la misma llave son una; la que llega mientras tanto recibe 409 y puede repetir',
    },
  },
  {
    nombre: '55_version_sin_comparar',
    mal: 'pierde',
    puerta: {
      archivo: 'src/aeroalpes/modulos/vuelos/infraestructura/tablas.test.ts',
      nombre: 'B34 la reserva que otro cambió desde que se leyó no se guarda: se dice, y queda lo del otro',
    },
  },
  {
    nombre: '56_admision_sin_tope',
    mal: 'desborda',
    puerta: { archivo: 'tests/admision.test.ts', nombre: 'con diez mil comandos en espera no se acepta otro, hasta que hay lugar' },
  },
  {
    nombre: '57_admision_sin_espacio',
    mal: 'desborda',
    puerta: {
      archivo: 'tests/admision.test.ts',
      nombre: 'con el disco casi lleno no se escribe nada; uno grande no está casi lleno porque le quede poco en proporción',
    },
  },
  {
    nombre: '58_admision_despues_de_escribir',
    mal: 'engaña',
    puerta: { archivo: 'tests/admision.test.ts', nombre: 'con diez mil comandos en espera no se acepta otro, hasta que hay lugar' },
  },
  {
    nombre: '59_sin_retry_after',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/presentacion/problema.test.ts',
      nombre: 'lo no disponible dice siempre en cuántos segundos enteros repetir',
    },
  },
  {
    nombre: '60_ajena_visible',
    mal: 'expone',
    puerta: { archivo: 'tests/propiedad.test.ts', nombre: 'para otro viajero o un invitado no existe' },
  },
  {
    nombre: '61_operacion_ajena_visible',
    mal: 'expone',
    puerta: { archivo: 'tests/operaciones.test.ts', nombre: 'quien la pidió y los operadores la ven' },
  },
  {
    nombre: '62_firma_sin_mirar',
    mal: 'expone',
    puerta: { archivo: 'src/seedwork/presentacion/actor.test.ts', nombre: 'otra clave, una firma cambiada, cortada o añadida no vale' },
  },
  {
    nombre: '63_firma_vencida_vale',
    mal: 'expone',
    puerta: { archivo: 'src/seedwork/presentacion/actor.test.ts', nombre: 'un actor firmado se lee igual hasta que vence' },
  },
  {
    nombre: '64_nombres_del_prototipo',
    mal: 'expone',
    puerta: {
      archivo: 'src/seedwork/presentacion/json_acotado.test.ts',
      nombre: 'los nombres que llevan al prototipo se rechazan, también escapados, y el prototipo queda intacto',
    },
  },
  {
    nombre: '65_asientos_de_mas',
    mal: 'dobla',
    puerta: {
      archivo: 'src/aeroalpes/modulos/vuelos/infraestructura/tablas.test.ts',
      nombre: 'se vende hasta el cupo y nunca más, y lo devuelto se vuelve a vender',
    },
  },
  {
    nombre: '66_asientos_sin_devolver',
    mal: 'pierde',
    puerta: {
      archivo: 'tests/ofertas.test.ts',
      nombre: 'el último lo quieren treinta y lo tiene uno; al cancelar vuelve a estar a la venta',
    },
  },
  {
    nombre: '67_cancela_dos_veces',
    mal: 'dobla',
    puerta: { archivo: 'src/aeroalpes/modulos/vuelos/dominio/entidades.test.ts', nombre: 'de CANCELADA no se pasa a CANCELADA' },
  },
  {
    nombre: '68_precio_sin_mirar',
    mal: 'engaña',
    puerta: { archivo: 'tests/ofertas.test.ts', nombre: 'si el precio sube entre la búsqueda y la reserva, se dice y no se reserva' },
  },
  {
    nombre: '69_oferta_vencida_vale',
    mal: 'engaña',
    puerta: { archivo: 'tests/ofertas.test.ts', nombre: 'una oferta vencida no se reserva, ni deja nada (reservar)' },
  },
  {
    nombre: '70_oferta_sin_firma',
    mal: 'expone',
    puerta: {
      archivo: 'src/aeroalpes/modulos/vuelos/infraestructura/ofertas_firmadas.test.ts',
      nombre: 'con otra clave, o con un carácter cambiado en cualquier lugar, no vale',
    },
  },
  {
    nombre: '71_historial_que_retrocede',
    mal: 'desordena',
    puerta: {
      archivo: 'src/aeroalpes/modulos/cliente/dominio/historial.test.ts',
      nombre: 'uno repetido, o más viejo, deja la misma línea: no hay nada que escribir',
    },
  },
  {
    nombre: '72_saga_que_responde_dos_veces',
    mal: 'dobla',
    puerta: {
      archivo: 'src/aeroalpes/modulos/vuelos/aplicacion/sagas/reserva_de_oferta.test.ts',
      nombre: 'si el viajero cancela antes, la respuesta ya no importa',
    },
  },
  {
    nombre: '73_resumen_quieto',
    mal: 'engaña',
    puerta: { archivo: 'tests/listas.test.ts', nombre: 'Link conserva los filtros y la ruta' },
  },
  {
    nombre: '74_correo_sin_anotar',
    mal: 'dobla',
    puerta: {
      archivo: 'tests/notificaciones/envio.test.ts',
      nombre: 'si no se puede anotar, el punto final no sale y el servidor no acepta nada',
    },
  },
  {
    nombre: '75_correo_dudoso_se_repite',
    mal: 'dobla',
    puerta: { archivo: 'tests/notificaciones/envio.test.ts', nombre: 'el plazo vencido después del punto final no se puede repetir' },
  },
  {
    nombre: '76_correo_enviado_dos_veces',
    mal: 'dobla',
    puerta: {
      archivo: 'tests/notificaciones/entrega.test.ts',
      nombre: 'un evento entregado otra vez no envía nada, tampoco después de reiniciar',
    },
  },
  {
    nombre: '77_correo_interrumpido_se_repite',
    mal: 'dobla',
    puerta: {
      archivo: 'tests/notificaciones/caidas.test.ts',
      nombre: 'muerto con el intento anotado y sin respuesta: no se sabe, y no se repite',
    },
  },
  {
    nombre: '78_anexado_sin_defecto',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/mensajes/registro.test.ts',
      nombre: 'un registro emite cada campo como unión con null, sin valor por defecto salvo los anexados',
    },
  },
  {
    nombre: '79_testigo_corrido_en_uno',
    mal: 'dobla',
    puerta: { archivo: 'src/ui/flujo/marca.test.ts', nombre: 'una marca alcanza a otra sólo si se pueden comparar' },
  },
  {
    nombre: '80_memoria_corrida_en_uno',
    mal: 'pierde',
    puerta: { archivo: 'src/ui/flujo/marca.test.ts', nombre: 'la memoria sabe desde dónde lo tiene todo' },
  },
  {
    nombre: '81_memoria_que_miente',
    mal: 'pierde',
    puerta: {
      archivo: 'src/ui/flujo/marca.test.ts',
      nombre: 'la memoria se acota por cuenta y por bytes, y nunca dice tener lo que olvidó',
    },
  },
  {
    nombre: '82_lento_sin_corte',
    mal: 'desborda',
    puerta: { archivo: 'src/ui/flujo/lento.test.ts', nombre: 'a quien no avanza en el plazo se le corta, y al que lee no' },
  },
  {
    nombre: '83_lento_sin_freno',
    mal: 'desborda',
    puerta: {
      archivo: 'src/ui/flujo/lento.test.ts',
      nombre: 'quien no lee cuesta a lo sumo 1 MB y no demora a nadie; cuando vuelve a leer recibe todo, una vez y en orden',
    },
  },
  {
    nombre: '84_muerto_sin_corte',
    mal: 'desborda',
    puerta: { archivo: 'src/ui/flujo/lento.test.ts', nombre: 'quien no responde al ping se corta; quien responde sigue' },
  },
  {
    nombre: '85_origen_cualquiera',
    mal: 'expone',
    puerta: { archivo: 'src/ui/web/origen.test.ts', nombre: 'sólo se admite el origen exacto de esta página y los permitidos' },
  },
  {
    nombre: '86_acepta_y_olvida',
    mal: 'pierde',
    puerta: { archivo: 'tests/todo_o_nada.test.ts', nombre: 'B32 la operación y su comando quedan juntos o no queda ninguno' },
  },
  {
    nombre: '87_evento_sin_publicar',
    mal: 'pierde',
    puerta: {
      archivo: 'tests/todo_o_nada.test.ts',
      nombre: 'B32 la reserva y su evento quedan juntos o no queda ninguno: falla en comando.antes_de_manejar',
    },
  },
  {
    nombre: '88_regla_a_medias',
    mal: 'engaña',
    puerta: {
      archivo: 'tests/todo_o_nada.test.ts',
      nombre: 'B33 la regla que se rompe cuando el comando ya había escrito lo deshace: queda la operación fallida, y nada más',
    },
  },
  {
    nombre: '89_incierto_se_repite',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/postgres/fallas.test.ts',
      nombre: 'la conexión que se corta antes de confirmar no la nota quien esperaba: la unidad se repite en otra',
      postgres: true,
    },
  },
  {
    nombre: '90_choque_sin_repetir',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/postgres/choques.test.ts',
      nombre: 'dos unidades que se abrazan: PostgreSQL deshace una, y se repite entera; las dos terminan',
      postgres: true,
    },
  },
  {
    nombre: '91_503_a_medio_cierre',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/presentacion/servidor_real.test.ts',
      nombre: 'mientras se cierra, lo empezado termina y lo nuevo recibe un problema 503',
    },
  },
  {
    nombre: '92_compatibilidad_a_medias',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/mensajes/compatibilidad.test.ts',
      nombre: 'compatibilidad FULL: quitar uno sin valor por defecto',
    },
  },
  {
    nombre: '93_savepoints_con_un_nombre',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/almacen.test.ts',
      nombre: 'B33 un savepoint que falla con otro abierto dentro se deshace entero',
    },
  },
  {
    nombre: '94_consumidores_sin_su_parte',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/grupo.test.ts',
      nombre: 'aunque haya mil de peticion en espera, las de consumidor entran alternadas en el primer grupo',
    },
  },
  {
    nombre: '95_acuses_olvidados',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'caer no pierde nada de lo confirmado ni repite lo saldado',
    },
  },
  {
    nombre: '96_reserva_sin_anotar',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/sospechosos.test.ts',
      nombre: 'tras una caída lo posiblemente entregado va de uno en uno, y lo publicado después, a la vez',
    },
  },
  {
    nombre: '97_conversacion_cortada',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'la conversación sigue: el actor y la correlación del mensaje, y el mensaje como causa',
    },
  },
  {
    nombre: '98_intento_sin_plazo',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/consumo/consumo.test.ts',
      nombre: 'un intento que pasa de su plazo se repite, y si termina tarde no hace el efecto dos veces',
    },
  },
  {
    nombre: '99_apartado_devuelto_a_todos',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'reintentar devuelve los del filtro, en orden, sólo a la suscripción que los apartó, y dice cuántos',
    },
  },
  {
    nombre: '100_epoca_nueva_cada_vez',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/embebido/broker.test.ts',
      nombre: 'las posiciones ordenan y siguen valiendo después de reabrir y de caer',
    },
  },
  {
    nombre: '101_migracion_a_medias',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/almacen.test.ts',
      nombre: 'una migración que falla no deja nada a medias ni impide volver a abrir',
    },
  },
  {
    nombre: '102_identificadores_que_retroceden',
    mal: 'desordena',
    puerta: {
      archivo: 'src/seedwork/infraestructura/entorno_real.test.ts',
      nombre: 'cuando la hora retrocede se sigue desde la mayor conocida',
    },
  },
  {
    nombre: '103_contacto_a_la_vista',
    mal: 'expone',
    puerta: {
      archivo: 'tests/ofertas.test.ts',
      nombre: 'lo leen los servicios y los operadores; para los demás no existe, y no sale en ninguna parte más',
    },
  },
  {
    nombre: '104_cookie_a_la_vista',
    mal: 'expone',
    puerta: {
      archivo: 'src/ui/web/sesion.test.ts',
      nombre: 'la cookie no la ve el guion ni la lleva otro sitio; con TLS, tampoco la pone otro subdominio',
    },
  },
  {
    nombre: '105_bomba_de_nulos',
    mal: 'desborda',
    puerta: {
      archivo: 'src/seedwork/infraestructura/mensajes/acotado.test.ts',
      nombre: 'los elementos se cuentan por colección y en total, en uno o en muchos bloques',
    },
  },
]
