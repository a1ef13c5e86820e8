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
      archivo: 'src/seedwork/infraestructura/almacen/sqlite/disco_lleno.test.ts',
      nombre: 'lo mismo en un disco lleno de verdad, que también deja cerrar',
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
      nombre: 'en 60 historias al azar, con muertes y averías, ninguna ley se rompe; y cada una se puede repetir',
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
      nombre: 'Failover: el tópico entero va en orden y de uno en uno, y el rechazado retiene a los demás',
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
      nombre: 'una trama que no se entiende se dice y no consume número: lo que sigue entra',
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
    nombre: '39_quita_sin_token',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/arriendo.test.ts',
      nombre: 'quien perdió el lugar no quita filas, aunque crea que se confirmaron',
    },
  },
  {
    nombre: '40_numera_sin_arriendo',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/por_numerar.test.ts',
      nombre: 'P7 quien ya no tiene el arriendo no numera nada; quien lo toma espera al que estaba numerando',
      postgres: true,
    },
  },
  {
    nombre: '41_sin_candado_de_llave',
    mal: 'desordena',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/por_numerar.test.ts',
      nombre:
        'P3 dos transacciones de una llave salen en el orden en que se confirman, aunque la primera tarde; las de otra llave no esperan',
      postgres: true,
    },
  },
  {
    nombre: '42_numera_por_cursor',
    mal: 'pierde',
    puerta: {
      archivo: 'src/seedwork/infraestructura/broker/pulsar/por_numerar.test.ts',
      nombre: 'P1 la que toma su lugar primero y se confirma después de otras no se salta, y no las detiene',
      postgres: true,
    },
  },
  {
    nombre: '43_operacion_terminada_dos_veces',
    mal: 'dobla',
    puerta: {
      archivo: 'pruebas/simulacion/simular.test.ts',
      nombre: 'en 60 historias al azar, con muertes y averías, ninguna ley se rompe; y cada una se puede repetir',
    },
  },
  {
    nombre: '44_plazo_de_otro_estado',
    mal: 'dobla',
    puerta: {
      archivo: 'src/seedwork/infraestructura/procesos.test.ts',
      nombre: 'abrir otra vez empieza de nuevo la espera, y se cobra una sola vez',
    },
  },
  {
    nombre: '45_plazo_que_no_se_quita',
    mal: 'dobla',
    puerta: { archivo: 'src/seedwork/infraestructura/procesos.test.ts', nombre: 'muchos procesos a la vez vencen todos' },
  },
  {
    nombre: '46_llave_que_ignora_el_cuerpo',
    mal: 'engaña',
    puerta: { archivo: 'tests/idempotencia.test.ts', nombre: '/vuelos/reserva: la misma llave con otro pedido es 422, y no hace nada' },
  },
  {
    nombre: '47_llave_reutilizada_pasa',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/infraestructura/idempotencia.test.ts',
      nombre: 'la misma llave con otro pedido se rechaza sin hacer nada',
    },
  },
  {
    nombre: '48_llave_de_cualquiera',
    mal: 'expone',
    puerta: { archivo: 'src/seedwork/infraestructura/idempotencia.test.ts', nombre: 'cada actor tiene sus llaves' },
  },
  {
    nombre: '49_en_curso_no_se_dice',
    mal: 'dobla',
    puerta: {
      archivo: 'tests/idempotencia.test.ts',
      nombre: '/vuelos/reserva: dos a la vez con la misma llave son una; la que llega mientras tanto recibe 409 y puede repetir',
    },
  },
  {
    nombre: '50_admision_sin_tope',
    mal: 'desborda',
    puerta: { archivo: 'tests/admision.test.ts', nombre: 'con diez mil comandos en espera no se acepta otro, hasta que hay lugar' },
  },
  {
    nombre: '51_admision_sin_espacio',
    mal: 'desborda',
    puerta: {
      archivo: 'tests/admision.test.ts',
      nombre: 'con el disco casi lleno no se escribe nada; uno grande no está casi lleno porque le quede poco en proporción',
    },
  },
  {
    nombre: '52_admision_despues_de_escribir',
    mal: 'engaña',
    puerta: { archivo: 'tests/admision.test.ts', nombre: 'con diez mil comandos en espera no se acepta otro, hasta que hay lugar' },
  },
  {
    nombre: '53_sin_retry_after',
    mal: 'engaña',
    puerta: {
      archivo: 'src/seedwork/presentacion/problema.test.ts',
      nombre: 'lo no disponible dice siempre en cuántos segundos enteros repetir',
    },
  },
  {
    nombre: '54_ajena_visible',
    mal: 'expone',
    puerta: { archivo: 'tests/propiedad.test.ts', nombre: 'para otro viajero o un invitado no existe' },
  },
  {
    nombre: '55_operacion_ajena_visible',
    mal: 'expone',
    puerta: { archivo: 'tests/operaciones.test.ts', nombre: 'quien la pidió y los operadores la ven' },
  },
  {
    nombre: '56_firma_sin_mirar',
    mal: 'expone',
    puerta: { archivo: 'src/seedwork/presentacion/actor.test.ts', nombre: 'otra clave, una firma cambiada, cortada o añadida no vale' },
  },
  {
    nombre: '57_firma_vencida_vale',
    mal: 'expone',
    puerta: { archivo: 'src/seedwork/presentacion/actor.test.ts', nombre: 'un actor firmado se lee igual hasta que vence' },
  },
  {
    nombre: '58_nombres_del_prototipo',
    mal: 'expone',
    puerta: {
      archivo: 'src/seedwork/presentacion/json_acotado.test.ts',
      nombre: 'los nombres que llevan al prototipo se rechazan, también escapados, y el prototipo queda intacto',
    },
  },
  {
    nombre: '59_asientos_de_mas',
    mal: 'dobla',
    puerta: {
      archivo: 'src/aeroalpes/modulos/vuelos/infraestructura/tablas.test.ts',
      nombre: 'se vende hasta el cupo y nunca más, y lo devuelto se vuelve a vender',
    },
  },
  {
    nombre: '60_asientos_sin_devolver',
    mal: 'pierde',
    puerta: {
      archivo: 'tests/ofertas.test.ts',
      nombre: 'el último lo quieren treinta y lo tiene uno; al cancelar vuelve a estar a la venta',
    },
  },
  {
    nombre: '61_cancela_dos_veces',
    mal: 'dobla',
    puerta: { archivo: 'src/aeroalpes/modulos/vuelos/dominio/entidades.test.ts', nombre: 'de CANCELADA no se pasa a CANCELADA' },
  },
  {
    nombre: '62_oferta_vencida_vale',
    mal: 'engaña',
    puerta: { archivo: 'tests/ofertas.test.ts', nombre: 'una oferta vencida no se reserva, ni deja nada (reservar)' },
  },
  {
    nombre: '63_oferta_sin_firma',
    mal: 'expone',
    puerta: {
      archivo: 'src/aeroalpes/modulos/vuelos/infraestructura/ofertas_firmadas.test.ts',
      nombre: 'con otra clave, o con un carácter cambiado en cualquier lugar, no vale',
    },
  },
  {
    nombre: '64_historial_que_retrocede',
    mal: 'desordena',
    puerta: {
      archivo: 'src/aeroalpes/modulos/cliente/dominio/historial.test.ts',
      nombre: 'uno repetido, o más viejo, deja la misma línea: no hay nada que escribir',
    },
  },
  {
    nombre: '65_saga_que_responde_dos_veces',
    mal: 'dobla',
    puerta: {
      archivo: 'src/aeroalpes/modulos/vuelos/aplicacion/sagas/reserva_de_oferta.test.ts',
      nombre: 'si el viajero cancela antes, la respuesta ya no importa',
    },
  },
  {
    nombre: '66_resumen_quieto',
    mal: 'engaña',
    puerta: { archivo: 'tests/listas.test.ts', nombre: 'Link conserva los filtros y la ruta' },
  },
  {
    nombre: '67_correo_sin_anotar',
    mal: 'dobla',
    puerta: {
      archivo: 'tests/notificaciones/envio.test.ts',
      nombre: 'si no se puede anotar, el punto final no sale y el servidor no acepta nada',
    },
  },
  {
    nombre: '68_correo_dudoso_se_repite',
    mal: 'dobla',
    puerta: { archivo: 'tests/notificaciones/envio.test.ts', nombre: 'el plazo vencido después del punto final no se puede repetir' },
  },
]
