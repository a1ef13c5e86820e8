import { abrirApi } from 'aeroalpes-api/arranque.ts'
import { variablesApi } from 'aeroalpes-api/config/variables.ts'
import { variablesNotificaciones } from 'notificaciones/variables.ts'
import { unSoloBroker } from 'seedwork/infraestructura/broker/variables.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { abrirBitacora } from 'seedwork/infraestructura/proceso/bitacora.ts'
import { dibujarCaja } from 'seedwork/infraestructura/proceso/caja.ts'
import { prepararCarpeta, tomarCarpeta } from 'seedwork/infraestructura/proceso/carpeta.ts'
import { claveDe } from 'seedwork/infraestructura/proceso/clave.ts'
import { correrProceso } from 'seedwork/infraestructura/proceso/correr.ts'
import { borrarDirecciones, escribirDirecciones } from 'seedwork/infraestructura/proceso/direcciones.ts'
import { devolverMemoriaEnReposo } from 'seedwork/infraestructura/proceso/reposo.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { variablesSidecar } from 'sidecar/variables.ts'
import { variablesUi } from 'ui/variables.ts'
import { abrirAdaptador } from './adaptador.ts'
import { abrirCorreo } from './correo.ts'
import { abrirInterfaz } from './interfaz.ts'

/** Todo el sistema en un proceso, sobre partes embebidas: lo que corre `npm start`. */
await correrProceso(async ({ alTerminar }) => {
  const esquema = { ...variablesApi, ...variablesUi, ...variablesNotificaciones, ...variablesSidecar }
  const variables = leerVariables(esquema, process.env, [unSoloBroker])
  const carpeta = prepararCarpeta(variables.AEROALPES_DATOS)
  const candado = tomarCarpeta(carpeta)
  const clave = claveDe(variables, carpeta)
  const { bitacora, vaciar } = await abrirBitacora(variables.AEROALPES_BITACORA)
  alTerminar(vaciar)
  alTerminar(candado.soltar)
  const { proceso, api, broker, lineas, avisos, credencial } = await abrirApi(variables, { carpeta, entorno: entornoReal, bitacora, clave })
  alTerminar(proceso.detener)
  const { sistema, registro } = proceso
  const correo = await abrirCorreo({ variables, carpeta, sistema, registro, api, clave, bitacora })
  alTerminar(correo.detener)
  const interfaz = await abrirInterfaz({ variables, sistema, api, clave, bitacora, ...correo.conBuzon })
  alTerminar(interfaz.detener)
  await correo.empezar({ pagina: interfaz.direccion })
  const adaptador = await abrirAdaptador({ variables, api, bitacora })
  alTerminar(adaptador.detener)
  alTerminar(() => borrarDirecciones(carpeta))
  console.log(
    dibujarCaja({
      titulo: 'AeroAlpes está listo',
      lineas: [
        ['Página', interfaz.direccion],
        ['Correo', correo.conBuzon === undefined ? 'SMTP_URL' : `${interfaz.direccion}/buzon`],
        ...lineas,
        ['gRPC', adaptador.direccion],
        ['Datos', carpeta],
        ['Detener', 'Ctrl+C'],
      ],
      avisos: [...avisos, ...(variables.UI_EMITIR_TODO === '1' ? ['UI_EMITIR_TODO=1: cada navegador recibe los eventos de todos.'] : [])],
    }),
  )
  console.log(`\n${credencial}\n`)
  // Lo último: quien lo ve ya puede pedir, y ya se dijo todo lo que hay que leer.
  escribirDirecciones(carpeta, {
    pid: process.pid,
    api,
    grpc: adaptador.direccion,
    ui: interfaz.direccion,
    ...(broker !== undefined && { broker }),
  })
  devolverMemoriaEnReposo(entornoReal.planificador)
})
