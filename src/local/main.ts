import { variablesApi } from 'aeroalpes-api/config/variables.ts'
import { crearProceso } from 'aeroalpes-api/proceso.ts'
import { variablesNotificaciones } from 'notificaciones/variables.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { variablesSidecar } from 'sidecar/variables.ts'
import { variablesUi } from 'ui/variables.ts'
import { abrirAdaptador } from './adaptador.ts'
import { abrirBitacora } from './bitacora.ts'
import { dibujarCaja } from './caja.ts'
import { borrarDirecciones, escribirDirecciones, leerClave, prepararCarpeta, tomarCarpeta } from './carpeta.ts'
import { abrirCorreo } from './correo.ts'
import { escucharDonde } from './escuchar.ts'
import { abrirInterfaz } from './interfaz.ts'
import { comoSeDice } from './remediable.ts'
import { devolverMemoriaEnReposo } from './reposo.ts'

const CREDENCIAL_MS = 7 * 24 * 60 * 60_000
const PLAZO_DE_CIERRE_MS = 10_000

/** Todo el sistema en un proceso, sobre partes embebidas: lo que corre `npm start`. */
const iniciar = async (): Promise<void> => {
  const variables = leerVariables({ ...variablesApi, ...variablesUi, ...variablesNotificaciones, ...variablesSidecar }, process.env)
  const carpeta = prepararCarpeta(variables.AEROALPES_DATOS)
  const candado = tomarCarpeta(carpeta)
  const clave = leerClave(carpeta)
  const { bitacora, vaciar } = abrirBitacora(variables.AEROALPES_BITACORA)
  const listaAbierta = variables.AEROALPES_LISTA_ABIERTA === '1'
  const proceso = await crearProceso({
    carpeta,
    entorno: entornoReal,
    bitacora,
    clave,
    listaAbierta,
    aerolinea: variables.AEROALPES_AEROLINEA,
  })
  const api = await escucharDonde(proceso.escuchar, {
    host: variables.AEROALPES_HOST,
    puerto: variables.AEROALPES_PUERTO,
    pedido: Boolean(process.env.AEROALPES_PUERTO),
    variable: 'AEROALPES_PUERTO',
  })
  const correo = await abrirCorreo({ variables, carpeta, sistema: proceso.sistema, registro: proceso.registro, api, clave, bitacora })
  const interfaz = await abrirInterfaz({ variables, sistema: proceso.sistema, api, clave, bitacora, ...correo.conBuzon })
  await correo.empezar({ pagina: interfaz.direccion })
  const adaptador = await abrirAdaptador({ variables, api, bitacora })
  alTerminar(async () => {
    borrarDirecciones(carpeta)
    await Promise.all([interfaz.detener(), adaptador.detener()])
    await correo.detener()
    await proceso.detener()
    candado.soltar()
    vaciar()
  })
  const operador = firmarActor(clave, { id: 'local', rol: 'operador' }, Date.now() + CREDENCIAL_MS)
  console.log(
    dibujarCaja({
      titulo: 'AeroAlpes está listo',
      lineas: [
        ['Página', interfaz.direccion],
        ['Correo', correo.conBuzon === undefined ? 'SMTP_URL' : `${interfaz.direccion}/buzon`],
        ['API', api],
        ['gRPC', adaptador.direccion],
        ['Documentación', `${api}/docs`],
        ['Datos', carpeta],
        ['Detener', 'Ctrl+C'],
      ],
      avisos: [
        ...(listaAbierta ? ['AEROALPES_LISTA_ABIERTA=1: cualquiera ve las reservas de todos.'] : []),
        ...(variables.UI_EMITIR_TODO === '1' ? ['UI_EMITIR_TODO=1: cada navegador recibe los eventos de todos.'] : []),
      ],
    }),
  )
  console.log(`\nCredencial de operador (vence en 7 días):\nX-Actor: ${operador}\n`)
  // Lo último: quien lo ve ya puede pedir, y ya se dijo todo lo que hay que leer.
  escribirDirecciones(carpeta, { pid: process.pid, api, grpc: adaptador.direccion, ui: interfaz.direccion })
  devolverMemoriaEnReposo(entornoReal.planificador)
}

/** La primera señal termina en orden; la segunda, ya. Pasado el plazo se sale igual: lo que no se saldó se repetirá al volver. */
const alTerminar = (cerrar: () => Promise<void>): void => {
  let cerrando = false
  const terminar = (senal: NodeJS.Signals) => {
    if (cerrando) process.exit(senal === 'SIGINT' ? 130 : 143)
    cerrando = true
    setTimeout(() => process.exit(1), PLAZO_DE_CIERRE_MS).unref()
    cerrar().then(
      () => process.exit(0),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', terminar)
  process.on('SIGINT', terminar)
}

await iniciar().catch((error: unknown) => {
  console.error(comoSeDice(error))
  process.exit(1)
})
