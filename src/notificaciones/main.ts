import { abrirBrokerDeFuera } from 'seedwork/infraestructura/broker/de_fuera.ts'
import { migracionesPulsar } from 'seedwork/infraestructura/broker/pulsar/tablas.ts'
import { unSoloBroker, variablesBroker } from 'seedwork/infraestructura/broker/variables.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { correrProceso } from 'seedwork/infraestructura/proceso/correr.ts'
import { escucharDonde } from 'seedwork/infraestructura/proceso/escuchar.ts'
import { responde } from 'seedwork/infraestructura/proceso/esperar.ts'
import { prepararProceso } from 'seedwork/infraestructura/proceso/preparar.ts'
import { variablesDeApi, variablesProceso } from 'seedwork/infraestructura/proceso/variables.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { crearMetricas } from 'seedwork/presentacion/metricas.ts'
import { eventosReserva } from '../../contratos/mensajes.ts'
import { abrirAlmacenDeCorreos, carpetaDeCorreos } from './almacen.ts'
import { crearNotificaciones } from './notificaciones.ts'
import { crearServidorDeSalud } from './servidor.ts'
import { conServidorDeCorreo, variablesDeSalud, variablesNotificaciones } from './variables.ts'

/** Lo que dura una firma: la de cada pregunta se hace al momento. */
const FIRMA_MS = 60_000
/** Donde está la interfaz, si no se dice otra cosa. */
const PAGINA = 'http://localhost:5678'

/** Las notificaciones, solas en un proceso. Están listas cuando ya reciben: antes esperan al broker y a la API, y lo dicen. */
await correrProceso(async (vida) => {
  const esquema = { ...variablesProceso, ...variablesNotificaciones, ...variablesDeSalud, ...variablesDeApi, ...variablesBroker }
  const variables = leerVariables(esquema, process.env, [unSoloBroker, conServidorDeCorreo])
  const { AEROALPES_ADDRESS: api, SMTP_URL, CORREO_PAGINA, CORREO_REMITENTE } = variables
  const proceso = await prepararProceso({
    ...{ nombre: 'notificaciones', variables, entorno: entornoReal, vida },
    suya: carpetaDeCorreos,
  })
  const { carpeta, clave, bitacora, esperar, anunciar } = proceso
  const almacen = await abrirAlmacenDeCorreos({ datos: carpeta, entorno: entornoReal, ademas: [migracionesPulsar] })
  vida.alTerminar(almacen.cerrar)
  const metricas = crearMetricas()
  let listo = false
  const salud = crearServidorDeSalud({ metricas, bitacora, ids: entornoReal.ids, listo: () => listo })
  vida.alTerminar(salud.detener)
  const { NOTIFICACIONES_HOST: host, NOTIFICACIONES_PUERTO: puerto } = variables
  const direccion = await escucharDonde(salud.escuchar, { host, puerto, variable: 'NOTIFICACIONES_PUERTO' })
  const { broker, esquemas, donde, nombre, preparado } = await abrirBrokerDeFuera(variables, {
    ...{ almacen, bitacora, entorno: entornoReal },
    lee: [eventosReserva.nombre],
    registro: metricas.registro,
  })
  vida.alTerminar(broker.cerrar)
  await Promise.all([
    esperar({ que: 'el broker', donde, esta: preparado }),
    esperar({ que: 'la API', donde: api, esta: responde(`${api}/health`) }),
  ])
  const notificaciones = await crearNotificaciones({
    ...{ broker, esquemas, almacen, api, bitacora, entorno: entornoReal },
    smtpUrl: async () => SMTP_URL,
    firmar: (actor) => firmarActor(clave, actor, entornoReal.reloj.ahora() + FIRMA_MS),
    pagina: CORREO_PAGINA || PAGINA,
    remitente: { nombre: 'AeroAlpes', correo: CORREO_REMITENTE },
    registro: metricas.registro,
  })
  vida.alTerminar(notificaciones.detener)
  listo = true
  anunciar({
    lineas: [
      ['Correo', new URL(SMTP_URL).host],
      ['API', api],
      ['Broker', nombre],
      ['Salud', `${direccion}/health/ready`],
    ],
    direcciones: { notificaciones: direccion },
  })
})
