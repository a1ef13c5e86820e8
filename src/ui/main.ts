import { abrirBrokerDeFuera } from 'seedwork/infraestructura/broker/de_fuera.ts'
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
import { eventosOperacion, eventosReserva } from '../../contratos/mensajes.ts'
import { crearUi } from './servidor.ts'
import { variablesUi } from './variables.ts'

/** Lo que dura una firma: la de cada pedido se hace al momento. */
const FIRMA_MS = 60_000

/** La interfaz, sola en un proceso. No espera a nadie para atender: mientras falten la API o el broker, lo dice. */
await correrProceso(async (vida) => {
  const esquema = { ...variablesProceso, ...variablesUi, ...variablesDeApi, ...variablesBroker }
  const variables = leerVariables(esquema, process.env, [unSoloBroker])
  const { UI_HOST, UI_PUERTO, UI_EMITIR_TODO, UI_ORIGENES, UI_ARMADA, AEROALPES_ADDRESS: api } = variables
  const { clave, bitacora, esperar, anunciar } = await prepararProceso({ nombre: 'ui', variables, entorno: entornoReal, vida })
  const metricas = crearMetricas()
  const { broker, esquemas, donde, nombre, preparado } = await abrirBrokerDeFuera(variables, {
    entorno: entornoReal,
    bitacora,
    lee: [eventosReserva.nombre, eventosOperacion.nombre],
    registro: metricas.registro,
  })
  vida.alTerminar(broker.cerrar)
  const ui = await crearUi({
    ...{ broker, esquemas, api, bitacora, metricas, entorno: entornoReal },
    firmar: (actor) => firmarActor(clave, actor, entornoReal.reloj.ahora() + FIRMA_MS),
    opciones: { emitirTodo: UI_EMITIR_TODO === '1', origenes: UI_ORIGENES, armada: UI_ARMADA },
  })
  vida.alTerminar(ui.detener)
  const pagina = await escucharDonde(ui.escuchar, { host: UI_HOST, puerto: UI_PUERTO, variable: 'UI_PUERTO' })
  for (const dependencia of [
    { que: 'el broker', donde, esta: preparado },
    { que: 'la API', donde: api, esta: responde(`${api}/health`) },
  ])
    esperar(dependencia).catch(
      (error: unknown) => vida.fin.aborted || bitacora.error({ err: error }, `no se puede usar ${dependencia.que}`),
    )
  anunciar({
    lineas: [
      ['Página', pagina],
      ['API', api],
      ['Broker', nombre],
    ],
    avisos: UI_EMITIR_TODO === '1' ? ['UI_EMITIR_TODO=1: cada navegador recibe los eventos de todos.'] : [],
    direcciones: { ui: pagina },
  })
})
